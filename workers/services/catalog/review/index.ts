export {
  bayesianMean,
  countOf,
  type Histogram,
  rankingScore,
  sumOf,
} from "./domain/rating.ts";
export { productRatings } from "./queries/families.ts";
export { exportQuery } from "./repository/reviews.ts";
