"""Every threshold of the engine, once, with its reason.

Lengths are in standard deviations of the component that they are about, unless
something else is said. `python -m benchmarks.starts` and `make bench` show
what a change here does.
"""

import numpy as np

# --- one exact step (exact) --------------------------------------------------

# Values in one block, times components: three such arrays fit into a cache of 1 MiB.
EXACT_BLOCK = 32_768
# exp(−700) is about 1e-304: nothing beside the 1 of the largest term, and
# still a normal float. Below some −708 the result would be subnormal, and slow.
LOWEST_EXPONENT = -700.0
# Less than this is no data, and what has none stays where it is.
NOTHING = 1e-250

# --- weighted values that stand for the data (nodes) ---------------------------

# Nodes in a cell: sums of polynomials up to this degree, less one, are kept. With
# `CELL_WIDTH` it makes what EM sums a polynomial up to the rounding of a float.
ORDER = 16
# The width of a cell beside the narrowest component there, and how far from its mean a component still counts.
CELL_WIDTH, REACH = 0.75, 8.0
# A full cell serves until a component is so much narrower than it was cut for: then it is one standard deviation wide.
SLACK = 1.34
# So many cells at most, whatever the range.
MOST_CELLS = 100_000
# Observations in one block of sums: a few such arrays stay in a cache.
SUMS_BLOCK = 16_384

# --- many observations in narrow cells (graded) ------------------------------------

# Moments of each cell; with cells by this factor narrower than those of `CELL_WIDTH` so few of them do.
GRADED_ORDER, GRADED_WIDTH = 5, 1 / 64
# So far from its mean a component needs narrow cells. One for which they begin farther from the middle than the second
# number leaves half of that way to the cells everywhere. These widen at `FAR_OUT` all at once, and what needs narrow
# ones beyond the third share of it is taken to need them there, too.
NEEDED, FROM_THE_MIDDLE, MINDED = REACH + 2, 2.0, 1 / 4
# Cells to a doubling of 1 + |u|, as a power of two; so many bits more where components are too narrow for
# that, and a patch of their own about those that are narrower still.
GRADED_BITS, FINER_BITS = 10, 2
# As many different values of a sample as this share of it, within the width of a cell, get cells of their own at once.
CROWDED = 1 / 64
# Farther out than this, in the unit of the data, cells are wider, and narrow against how far they are from the middle.
FAR_OUT, FAR_BITS = 2.0**20, 7
# A variance within a cell below this, as a share of the cell's half-width squared, is rounding: of one value.
ONE_VALUE = 1e-10

# --- where observations come from (sources, streams) ---------------------------

# Up to this many different values the engine works on them, without nodes.
FEW_VALUES = 2_000
# The search goes on about this many groups of neighbouring observations.
GROUPS = 384
# Equal values are merged where there are this many times fewer different ones, and
# where there are this many times fewer the smallest gap is that of a rounding.
TIES, TIED = 4, 2
# Observations in one block where an array as long as the data is to be avoided.
BLOCK = 65_536
# Values nearer than this, against their size as they came, differ by rounding.
# But values this far apart, in standard deviations of the data, are taken as they are.
ROUNDING, APART = 8 * np.finfo(float).eps, 1e-6
# The first look at a stream takes the first blocks, until it has so many
# observations, or so many partitions, evenly chosen.
SAMPLE, SAMPLED_PARTITIONS = 100_000, 16
# The unit and the smallest gap of many observations are those of about so many.
SAMPLE_SIZE = 16_384
# The middle half of a normal density has this width in standard deviations, inverted and doubled for its half;
# a scale below this would leave the range of a float when it is squared.
HALF_TO_SIGMA, LEAST_SCALE = 1.4826, 1e-150
# So many results are added up in one task: a tree that is neither deep nor wide.
FAN = 8
# Two passes differ when their weights differ by more than this share: far above
# rounding, and far below one observation in 1e8.
SAME_TOTAL = 1e-9

# --- the floor under the variances (floor) -------------------------------------

# Proper maxima have standard deviations down to about half the resolution of the data.
SHARE_OF_RESOLUTION = 0.25
# The least floor under standard deviations, in smallest gaps between observations, and
# the widest range of the data, in standard deviations on the floor.
LEAST, WIDEST = 1e-8, 1e50
# A variance this close to the floor, as a share, is on it.
ON_FLOOR = 1 + 1e-6

# --- classes in the place of values (recorded) -----------------------------------

# In an interval of half this width, in standard deviations, where the density changes by no more than a
# factor of e² either, so many of Gauss's places give its sums to the rounding of a float.
NARROW_CLASS, CLASS_PLACES = 0.5, 10
# The floor under standard deviations, in widths of the narrowest class: five to its half, so that a component
# in its middle has all of it but 6e-7, and a narrower one gains less than that for each of its observations.
SHARE_OF_CLASS = 0.1

# --- where a fit may begin (starts) ---------------------------------------------

# Short runs go on so many groups at most, for k-means needs the square of it.
MOST_START_GROUPS = 256
# No group of a start is narrower than this share of the variance of all the data.
LEAST_START_VARIANCE = 0.01
# The halves of a component lie so far from its mean: less than 1, so that they keep a variance.
HALF = 0.7
# A component more gets this weight, stands at so many quantiles, and has these widths, in
# standard deviations of all the data; one that covers everything has twice that width.
NEW_WEIGHT, QUANTILES, NEW_WIDTHS, COVERING = 0.1, np.linspace(0.05, 0.95, 9), (0.05, 0.3), 2.0
# Random starts where `rng` is given alone; their weights are Dirichlet with this parameter,
# their variances uniform from this share of the data's variance to all of it.
RANDOM_STARTS, DIRICHLET, LEAST_RANDOM_VARIANCE = 10, 3.0, 0.01

# --- what chance can do (scan) ------------------------------------------------------

# A component is narrow where so many windows like its own hold all the data. It may be an accident if it gains
# less than this and log log N beyond the logarithm of their number. Of samples of one normal, fitted with
# two, less than one in twenty then keeps a narrow component: `python -m benchmarks.accidents`.
NARROW_WINDOWS, CHANCE = 4.0, 4.0
# A share below this of a density is lost in its rounding.
LEAST_WITHOUT = 1e-16
# Windows hold so many neighbouring values, and less is not expected in one. Those that gain more than
# this beyond the logarithm of their number are looked at, so many at most: a start for each.
WINDOW_SIZES = np.unique(np.round(2.0 ** np.arange(2, 14, 0.5)).astype(int))
LEAST_EXPECTED, HOT, HOT_WINDOWS = 1e-12, 2.0, 3
# The values of a window come singly into a sketch, or in so many groups; so do those about a narrow component
# of a start, as far as so many standard deviations. The fitter of the page `yours`, which has no cells, scans more
# values than the last in groups.
IN_WINDOW, ABOUT, MOST_SCANNED = 64, 5.0, 16_384
# A component of a start is narrow where that far is less than this, in the spread of the data: then groups hide it.
NARROW_START = 0.1

# --- the search (search) ----------------------------------------------------------

# EM steps spent on each start, how many of the best are climbed from, and how many ends
# as high as the highest are enough. More are climbed from only while none ends at a maximum
# that is not passed over.
SHORT, CLIMBED, AGREED, MOST_CLIMBED = 15, 8, 4, 16
# With fewer components than wanted, the best end only shows where the next one may go.
CLIMBED_ON_THE_WAY = 2
# So many different ends are followed on all the data.
FOLLOWED = 4
# Two ends as high as one another, to this share, are one.
SAME = 1e-9
# How far an exact EM step may move the end before it is polished, and so many times at most.
EXACT, MOST_POLISHED = 1e-10, 4
# So often the cells are cut anew because a component is too narrow for them.
MOST_CUTS = 6
# A window that gains more than this beyond the logarithm of their number, and that lies in fewer cells than
# this, is looked at more closely by one more pass: cells there then have this share of its width near its middle.
HOT_AGAIN, HOT_CELLS, CLOSER_LOOK = 6.0, 8, 1 / 1024
# How far an exact EM step may move what counts as converged, if `tol` asks for less: rounding in x allows no more.
CERTAIN = 1e-9

# --- the climb (climb) ---------------------------------------------------------------

# Where EM moves nothing by so many standard deviations in two steps, its path is followed by longer
# steps, which do, each to one of these times, counted in EM steps; there are so many steps at most.
STRIDE, TIMES, PATIENCE = 0.1, 2.0 ** np.arange(1, 40), 200
# Newton's method takes over where its step moves nothing by more than this many standard deviations:
# from farther off it goes up another hill than EM now and then.
HILL = 0.3
# A climb ends where Newton's step would move nothing by more than this, if `tol` asks for less.
STEP = 1e-10
# A step below this that no longer shrinks is rounding; so is one in the last digits of a mean.
STALLED = 1e-6
# How uncertain rounding in the sums makes the log-likelihood, as a share of it.
NOISE = 1e-13
# A rate of EM below this is as good as this: its path is followed for less than the inverse.
LEAST_RATE = 1e-12
# How far a step may go at first and at most, and how often it is shortened before an EM step is taken instead.
RADIUS, LARGEST_RADIUS, SHORTENED = 1.0, 4.0, 4
# An eigenvalue of −H / N below this is not told from 0.
FLAT = 1e-9
# A component with less than this share of one observation is empty.
EMPTY = 1e-8
# So many EM steps show whether a way off a saddle leads higher, from beside it by these lengths.
BESIDE, ASIDE = 10, (0.1, -0.1, 1.0, -1.0)
# A mean farther out than this, in the spread of the data, is as good as this: its fourth power is a float.
FARTHEST = 1e60

# --- how far a parameter can go (profile) -----------------------------------------

# The way out begins with the width of a Wald interval and grows by this factor so many times:
# after that the parameter can go anywhere.
LONGER, MOST_STRIDES = 1.5, 25
# The fall, as a root, is right when it is so close; secants are nearly straight and need a handful.
DEEP_ENOUGH, MOST_SECANTS = 1e-6, 60
# At each place so many Newton steps at most, until one moves nothing by more than this, each halved so often.
MOST_NEWTON, PROFILED, MOST_HALVED = 100, 1e-8, 30

# --- the best mixing distribution, for a bound (mixing) ----------------------------------

# The duality gap to reach, in nats. The atoms' weights are right to less, and an atom is
# added where less is to be gained; the highest slope is bounded within this of its value.
DUALITY_GAP, INTERIOR_GAP, EXCHANGE_GAP, SLOPE_GAP = 5e-3, 2e-4, 1e-3, 1e-3
# At first they need not be as right: to this, and then to this share of what the last atoms gain.
INTERIOR_FIRST, INTERIOR_SHARE = 1.0, 0.01
# So many exchanges, Newton steps towards the weights and halvings of an interval at most, and how τ falls.
MOST_EXCHANGES, MOST_INTERIOR, MOST_HALVINGS, INTERIOR_FALL = 40, 100, 60, 0.1
# Maxima of the slope are seen this finely, so many to two widths of the kernel, if they come so near to 1, and
# refined by so many Newton steps, which take the slope as bent by so much at least.
SCANNED, NEARLY, REFINED, LEAST_BEND = 20, 0.1, 4, 1e-3
# A slope below this may have been lost to a float; what is lost is far less.
LEAST_SLOPE = 1e-250
# Terms of its Taylor series, and how far a value may be from a place and count there: exp(−40²/2) is 0 for a float.
TAYLOR, FAR = 16, 40.0
# Entries of a kernel in one block.
MIXING_BLOCK = 1_000_000
# Up to so many different values stay as they are; more are shared out among so many edges.
FEW_ENDS, ENDS = 20_000, 100_000
# Places of the data that an atom each can be had for.
MOST_PLACES = 500
# The widest range of the data, in widths of the kernel: beyond, rounding in x would show.
MOST_WIDTHS = 1e9
