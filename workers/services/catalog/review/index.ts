export {
  bayesianMean,
  countOf,
  type Histogram,
  rankingScore,
  sumOf,
} from "./domain/rating.ts";
export { exportQuery, ratingsQuery } from "./repository/reviews.ts";
