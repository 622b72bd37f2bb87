"""The fast fit: from data to a certified maximum.

1. A source (`sources`, `streams`) holds few observations, or adds many up in some thousand cells by a pass (`graded`).
2. It tells their range, spread and resolution, from which the floor under the variances follows (`floor`).
3. It shows them as a few hundred groups, on which a search begins (`search`):
4. starts, some where chance does not explain how many there are (`scan`, `starts`), EM, and Newton's method (`climb`).
5. Around the best ends cells become a few hundred weighted nodes (`nodes`) that give EM its sums.
6. The climb goes on there, as if on all the data; one more pass makes finer cells where a component is too narrow.
7. An exact EM step over all the data (`exact`) tells what is left to go; it is polished away.
8. What was found becomes the certificate; from its curvature come the standard errors (`information`).

Every threshold stands in `settings`, with its reason.
"""
