"""The fast fit: from data to a certified maximum.

1. A source (`sources`, `streams`) holds the observations, or yields them in blocks, centred and scaled.
2. It tells their range, spread and resolution, from which the floor under the variances follows (`floor`).
3. It shows them as a few hundred groups, on which a search begins (`search`):
4. starts (`starts`), a short run of EM from each, and a climb from the best (`climb`), first EM, then Newton's method.
5. Around the best ends cells are cut, and one pass turns the data into weighted nodes (`nodes`) that give EM its sums.
6. The climb goes on there, as if on all the data; cells are cut anew where a component is too narrow for them.
7. An exact EM step over all the data (`exact`) tells what is left to go; it is polished away.
8. What was found becomes the certificate; from its curvature come the standard errors (`information`).

Every threshold stands in `settings`, with its reason.
"""
