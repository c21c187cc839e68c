export {
  bayesianMean,
  countOf,
  type Histogram,
  rankingScore,
  sumOf,
} from "./domain/rating.ts";
export { ratingsQuery } from "./repository/reviews.ts";
