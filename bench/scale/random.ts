/** A seeded stream of numbers in [0, 1). */
export type Random = () => number;

/** A stream that is the same for the same seed and name, and unrelated to any other name's (mulberry32 over a hashed name). */
export const stream = (seed: number, name: string): Random => {
  let a = (seed * 0x9e3779b1) | 0;
  for (let i = 0; i < name.length; i += 1) a = Math.imul(a ^ name.charCodeAt(i), 0x01000193) | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

/** A standard normal draw (Box-Muller, one of the pair). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** A lognormal draw with the given median and 95th percentile. */
export const lognormal = (random: Random, median: number, p95: number): number =>
  median * Math.exp((normal(random) * Math.log(p95 / median)) / 1.6449);

/** A Poisson draw: by multiplication when the mean is small, by a rounded normal above 50. */
export const poisson = (random: Random, mean: number): number => {
  if (mean <= 0) return 0;
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
};
