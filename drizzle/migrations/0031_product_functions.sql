-- Directive 98/6/EC, article 6a (inserted by Directive (EU) 2019/2161): the lowest price that the shop applied in the
-- 30 days before a reduction starts, or null where that is no more than the reduced price, so that there is nothing to
-- announce. Counted are the offer's own prices, the one that held when the window opened among them, and prices that
-- everybody could buy at beside it. Vouchers are tied to a basket or a person and are no price of the offer.
CREATE FUNCTION offer_prior_price(which text, reduced bigint, started timestamptz) RETURNS bigint
LANGUAGE sql STABLE
RETURN (
  SELECT nullif(greatest(lowest.minor, reduced), reduced) FROM (
    SELECT least(
      (SELECT min(l.price_minor) FROM price_log AS l
        WHERE l.offer_id = which AND l.at <= started AND l.at >= coalesce(
          (SELECT max(b.at) FROM price_log AS b WHERE b.offer_id = which AND b.at <= started - interval '30 days'),
          '-infinity')),
      (SELECT min(p.price_minor) FROM price_promotion AS p
        WHERE p.offer_id = which AND p.starts_at < started AND p.ends_at > started - interval '30 days')
    ) AS minor
  ) AS lowest
);

CREATE TRIGGER price_promotion_append_only BEFORE UPDATE OR DELETE ON price_promotion
FOR EACH ROW EXECUTE FUNCTION price_log_is_append_only();
