"""The chapter "Without EM" in PyTorch: the same data, starts and steps, and what comes out.

``python3 -m benchmarks.torch`` writes ``book/torch.json``, which the chapter
sets beside its own numbers. PyTorch is no requirement of the package: any
build will do, such as Debian's ``python3-torch``, and the file says which it was.
"""

import json
import time
from pathlib import Path
from statistics import median

import numpy as np
import torch

from gmm import Mixture, datasets

BOOK = Path(__file__).resolve().parents[1] / "book"
# As in the chapter: a start for the waits, and three groups of which one is as large as the others together.
START = [0.0, 0.0], [60.0, 75.0], [np.log(36.0)] * 2
NEAR = Mixture([0.25, 0.5, 0.25], [2.5, 5.0, 7.5], [1.2, 0.6, 0.75])
GROUPS = [1 / 3] * 3, [3.0, 4.0, 7.0], [1.0, 1.0, 1.0]
REPEATS = 9


def log_joint(x, log_pi, mu, v):
    """Return log π_k N(x_n | μ_k, σ_k²), of shape (K, N), where v is log σ²."""
    squares = (x[None, :] - mu[:, None]) ** 2 / v.exp()[:, None]
    return log_pi[:, None] - 0.5 * (np.log(2 * np.pi) + v[:, None] + squares)


def log_likelihood(x, a, mu, v):
    """Return the log-likelihood from coordinates without borders."""
    return torch.logsumexp(log_joint(x, torch.log_softmax(a, dim=0), mu, v), dim=0).sum()


def gradient(x, theta):
    """Return the log-likelihood and its gradient, which PyTorch finds by going back through the sum."""
    theta = [part.clone().requires_grad_() for part in theta]
    height = log_likelihood(x, *theta)
    height.backward()
    return height.item(), [part.grad for part in theta]


def ascent(x, theta, optimiser, steps, **options):
    """Return the log-likelihoods on the way of an optimiser that climbs the mean of log f."""
    theta = [part.clone().requires_grad_() for part in theta]
    climb, heights = optimiser(theta, **options), []
    for _ in range(steps):
        climb.zero_grad()
        height = log_likelihood(x, *theta)
        (-height / len(x)).backward()
        climb.step()
        heights.append(height.item())
    return [*heights, log_likelihood(x, *theta).item()]


def em(x, pi, mu, var, steps, *, weighted=True):
    """Return the parameters after EM in tensors; without the weights in the E-step it is the slip."""
    for _ in range(steps):
        log_pi = pi.log() if weighted else torch.zeros_like(pi)
        joint = log_joint(x, log_pi, mu, var.log())
        gamma = (joint - torch.logsumexp(joint, dim=0, keepdim=True)).exp()
        nk = gamma.sum(dim=1)
        mu = gamma @ x / nk
        var = (gamma * (x[None, :] - mu[:, None]) ** 2).sum(dim=1) / nk
        pi = nk / nk.sum()
    return pi, mu, var


def reached(x, pi, mu, var):
    """Return the log-likelihood of parameters, and the parameters as lists."""
    height = torch.logsumexp(log_joint(x, pi.log(), mu, var.log()), dim=0).sum().item()
    return {"log_likelihood": height, "weights": pi.tolist(), "means": mu.tolist(), "variances": var.tolist()}


def tensors(parts, kind=torch.float64):
    """Return each part as a tensor."""
    return [torch.tensor(part, dtype=kind) for part in parts]


def cost(n=200_000):
    """Return how much longer the log-likelihood takes with its gradient than without, for many observations."""
    x, theta = torch.linspace(40, 100, n, dtype=torch.float64), tensors(START)
    times = {"without": [], "with": []}
    for _ in range(REPEATS):
        for name, call in (("without", lambda: log_likelihood(x, *theta)), ("with", lambda: gradient(x, theta))):
            begin = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - begin)
    return median(times["with"]) / median(times["without"])


def main():
    """Compute everything, write it and print it."""
    torch.set_num_threads(1)
    waits = datasets.faithful().waiting
    x, theta = torch.tensor(waits), tensors(START)
    height, slopes = gradient(x, theta)
    sgd = ascent(x, theta, torch.optim.SGD, 300, lr=3.0)
    adam = ascent(x, theta, torch.optim.Adam, 300, lr=0.1)
    sample, _ = NEAR.sample(1000, np.random.default_rng(1))
    near, groups = torch.tensor(sample), tensors(GROUPS)
    short = [part.to(torch.float32) for part in (near, *groups)]
    result = {
        "version": torch.__version__,
        "start": {"log_likelihood": height, "gradient": torch.cat(slopes).tolist()},
        "sgd": {str(step): sgd[step] for step in (1, 10, 100, 300)},
        "adam": {str(step): adam[step] for step in (1, 10, 100, 300)},
        "em": reached(near, *em(near, *groups, 200)),
        "float32": reached(short[0], *em(*short, 200)),
        "slip": reached(near, *em(near, *groups, 200, weighted=False)),
        "cost": round(cost(), 1),
    }
    (BOOK / "torch.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
