// What moves by itself, unless the reader wants no motion.

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Call with a share that grows to 1 in so many milliseconds, or with 1 at once; return what stops it. */
export function glide(gently, show, lasts = 250) {
  const begin = performance.now();
  let frame;
  const next = () => {
    const t = gently ? Math.min(1, (performance.now() - begin) / lasts) : 1;
    show(t);
    if (t < 1) frame = requestAnimationFrame(next);
  };
  next();
  return () => cancelAnimationFrame(frame);
}
