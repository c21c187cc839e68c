-- A page of search in one call: what the words also mean, which rules hold, the hits with their scores, the facets.
-- One function and not one text a search, so that Postgres keeps its plans.

-- Distance on a sphere in kilometres (haversine).
CREATE FUNCTION search_km(from_lat float8, from_lon float8, to_lat float8, to_lon float8)
RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 2 * 6371.0088 * asin(least(1, sqrt(
  sin(radians(to_lat - from_lat) / 2) ^ 2
  + cos(radians(from_lat)) * cos(radians(to_lat)) * sin(radians(to_lon - from_lon) / 2) ^ 2)));

-- Shops within the radius: the box by its index, the circle by reckoning. A box over the date line has its west
-- east of its east.
CREATE FUNCTION search_shops_near(near jsonb) RETURNS TABLE (seller_id text, km float8)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT * FROM (
    SELECT p.seller_id::text, search_km((near ->> 'latitude')::float8, (near ->> 'longitude')::float8,
      p.latitude, p.longitude) AS km
    FROM search_place p
    WHERE p.latitude BETWEEN (near ->> 'south')::float8 AND (near ->> 'north')::float8
      AND CASE WHEN (near ->> 'west')::float8 <= (near ->> 'east')::float8
        THEN p.longitude BETWEEN (near ->> 'west')::float8 AND (near ->> 'east')::float8
        ELSE p.longitude >= (near ->> 'west')::float8 OR p.longitude <= (near ->> 'east')::float8 END) AS boxed
  WHERE km <= (near ->> 'radiusKm')::float8
$$;

-- The words as groups of which each must be met: a word, and what it also means.
CREATE FUNCTION search_groups(words text[], OUT groups jsonb, OUT unknown text[])
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT jsonb_agg(to_jsonb(array_prepend(w.word, coalesce(s.meanings, '{}'))) ORDER BY w.place),
    array_agg(w.word ORDER BY w.place) FILTER (WHERE s.meanings IS NULL AND length(w.word) > 3
      AND w.word !~ '^[0-9]+$' AND NOT EXISTS (
        SELECT 1 FROM search_word k WHERE k.word ~>=~ w.word AND k.word ~<~ (w.word || chr(1114111))))
  FROM unnest(words) WITH ORDINALITY AS w (word, place)
  LEFT JOIN LATERAL (
    SELECT array_agg(part) AS meanings
    FROM search_synonym, regexp_split_to_table(meaning, '[^[:alnum:]]+') AS part
    WHERE term = w.word AND part <> '') AS s ON true
$$;

-- Known words that look like one that was typed. Trigrams find most; the same beginning finds what a swap of two
-- letters took from them.
CREATE FUNCTION search_alike(words text[]) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('typed', typed, 'word', near.word, 'weight', near.weight)), '[]')
  FROM unnest(words) AS t (typed), LATERAL (
    SELECT word, max(weight) AS weight, max(likeness) AS likeness FROM (
      SELECT w.word, w.weight, similarity(w.word, typed) AS likeness FROM search_word w WHERE w.word % typed
      UNION ALL
      SELECT w.word, w.weight, similarity(w.word, typed) FROM search_word w
      WHERE w.word ~>=~ left(typed, 1) AND w.word ~<~ (left(typed, 1) || chr(1114111))
        AND abs(length(w.word) - length(typed)) <= 2) AS found
    GROUP BY word ORDER BY likeness DESC, weight DESC, word LIMIT 30) AS near
$$;

-- `wanted`: words, phrase, category, shop, brand, priceMin, priceMax, starsMin, inStock, near, sort, limit, after
-- [place, id], at (when), today (for what ages by the day). Planning anew takes longer than the search itself.
CREATE FUNCTION search_find(wanted jsonb) RETURNS json LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  words text[] := ARRAY(SELECT jsonb_array_elements_text(wanted -> 'words'));
  query_phrase text := wanted ->> 'phrase';
  in_category text := wanted ->> 'category';
  in_shop text := wanted ->> 'shop';
  of_brand text := wanted ->> 'brand';
  price_min bigint := (wanted ->> 'priceMin')::bigint;
  price_max bigint := (wanted ->> 'priceMax')::bigint;
  stars_min integer := coalesce((wanted ->> 'starsMin')::integer, 0);
  only_stocked boolean := coalesce((wanted ->> 'inStock')::boolean, false);
  near jsonb := nullif(wanted -> 'near', 'null');
  sorted text := wanted ->> 'sort';
  page integer := (wanted ->> 'limit')::integer;
  after_place float8 := (wanted -> 'after' ->> 0)::float8;
  after_id text := wanted -> 'after' ->> 1;
  moment timestamptz := (wanted ->> 'at')::timestamptz;
  today timestamptz := (wanted ->> 'today')::timestamptz;
  groups jsonb;
  unknown text[];
  asked tsquery;
  pins jsonb;
  pinned_ids text[];
  hidden text[];
  boosted text[];
  buried text[];
  near_shops text[];
  answer json;
BEGIN
  IF cardinality(words) > 0 THEN
    SELECT g.groups, g.unknown INTO groups, unknown FROM search_groups(words) AS g;
    asked := search_tsquery(groups);
  END IF;
  SELECT jsonb_object_agg(r.product_id, r.position) FILTER (WHERE kind = 'pin' AND position <= page),
    array_agg(r.product_id) FILTER (WHERE kind = 'pin' AND position <= page),
    array_agg(r.product_id) FILTER (WHERE kind = 'hide'),
    array_agg(r.product_id) FILTER (WHERE kind = 'boost'),
    array_agg(r.product_id) FILTER (WHERE kind = 'bury')
  INTO pins, pinned_ids, hidden, boosted, buried
  FROM (
    SELECT DISTINCT ON (kind, product_id) kind, product_id, position FROM search_rule
    WHERE (query = query_phrase OR query IS NULL) AND (category_id = in_category OR category_id IS NULL)
      AND (brand = of_brand OR brand IS NULL) AND (shop_id = in_shop OR shop_id IS NULL)
      AND (starts_at IS NULL OR starts_at <= moment) AND (ends_at IS NULL OR moment < ends_at)
    ORDER BY kind, product_id, position) AS r;
  hidden := coalesce(hidden, '{}');
  pinned_ids := coalesce(pinned_ids, '{}');
  IF near IS NOT NULL THEN
    near_shops := ARRAY(SELECT seller_id FROM search_shops_near(near));
  END IF;

  -- One branch of three is run: each has its index, in one plan that is kept.
  WITH candidate AS (
    SELECT product_id, category_path, shop_ids, brand, price_from_minor, stars_hundredths, available, sold,
      appeal, rating_score, family, published_at,
      CASE WHEN sorted = 'relevance' THEN (ts_rank_cd(vector, asked, 32) * 1000000)::integer ELSE 0 END
        AS text_score
    FROM listing WHERE asked IS NOT NULL AND live AND vector @@ asked
    UNION ALL
    SELECT product_id, category_path, shop_ids, brand, price_from_minor, stars_hundredths, available, sold,
      appeal, rating_score, family, published_at, 0
    FROM listing WHERE asked IS NULL AND in_category IS NOT NULL AND live AND category_path @> ARRAY[in_category]
    UNION ALL
    SELECT product_id, category_path, shop_ids, brand, price_from_minor, stars_hundredths, available, sold,
      appeal, rating_score, family, published_at, 0
    FROM listing WHERE asked IS NULL AND in_category IS NULL AND live
  ), matched AS MATERIALIZED (
    SELECT m.*, in_category IS NULL OR m.category_path @> ARRAY[in_category] AS category_fits,
      in_shop IS NULL OR m.shop_ids @> ARRAY[in_shop] AS shop_fits,
      of_brand IS NULL OR coalesce(m.brand = of_brand, false) AS brand_fits
    FROM candidate m
    WHERE (near_shops IS NULL OR m.shop_ids && near_shops)
      AND (price_min IS NULL OR m.price_from_minor >= price_min)
      AND (price_max IS NULL OR m.price_from_minor <= price_max)
      AND m.stars_hundredths >= stars_min
      AND (NOT only_stocked OR m.available > 0)
      AND m.product_id <> ALL (hidden)
  ), scored AS (
    SELECT m.*,
      least(150000, ln((1 + m.sold)::float8) * 20000)::integer + m.appeal + coalesce(a.score, 0) AS behaviour_score,
      m.rating_score / 10 AS ratings_score,
      (60000 * exp(-greatest(0, extract(epoch FROM today - m.published_at)::float8) / 2592000))::integer AS freshness_score,
      CASE WHEN m.available > 0 THEN 200000 ELSE 0 END AS stock_score,
      CASE WHEN m.product_id = ANY (boosted) THEN 500000
        WHEN m.product_id = ANY (buried) THEN -2000000 ELSE 0 END AS rule_score
    FROM matched m
    LEFT JOIN search_appeal a ON a.query = query_phrase AND a.product_id = m.product_id
    WHERE category_fits AND shop_fits AND brand_fits AND m.product_id <> ALL (pinned_ids)
  ), summed AS (
    SELECT *, text_score + behaviour_score + ratings_score + freshness_score + stock_score + rule_score AS plain
    FROM scored
  ), ranked AS (
    SELECT *, CASE WHEN sorted = 'relevance' AND row_number() OVER (
        PARTITION BY family ORDER BY plain DESC, product_id) > 2 THEN -1000000 ELSE 0 END AS diversity_score
    FROM summed
  ), placed AS (
    SELECT *, CASE sorted
        WHEN 'relevance' THEN plain + diversity_score
        WHEN 'price_asc' THEN -coalesce(price_from_minor, 9000000000000000)
        WHEN 'price_desc' THEN coalesce(price_from_minor, -1)
        WHEN 'newest' THEN extract(epoch FROM published_at) * 1000
        WHEN 'rating' THEN rating_score
        WHEN 'nearest' THEN -1000 * (SELECT min(s.km) FROM search_shops_near(near) s
          WHERE s.seller_id = ANY (ranked.shop_ids))
        ELSE sold::bigint * 10 + CASE WHEN available > 0 THEN 5 ELSE 0 END END::float8 AS place
    FROM ranked
  ), page_rows AS (
    SELECT product_id, place, text_score, behaviour_score, ratings_score, freshness_score, stock_score,
      rule_score, diversity_score, NULL::integer AS position
    FROM placed
    WHERE after_id IS NULL OR place < after_place OR (place = after_place AND product_id < after_id)
    ORDER BY place DESC, product_id DESC LIMIT page + 1
  ), pinned AS (
    SELECT l.product_id FROM listing l
    WHERE l.product_id = ANY (pinned_ids) AND l.product_id <> ALL (hidden) AND l.live
      AND (in_category IS NULL OR l.category_path @> ARRAY[in_category])
      AND (in_shop IS NULL OR l.shop_ids @> ARRAY[in_shop]) AND (of_brand IS NULL OR l.brand = of_brand)
      AND (price_min IS NULL OR l.price_from_minor >= price_min)
      AND (price_max IS NULL OR l.price_from_minor <= price_max)
      AND l.stars_hundredths >= stars_min AND (NOT only_stocked OR l.available > 0)
      AND (near_shops IS NULL OR l.shop_ids && near_shops)
  ), shown AS (
    SELECT * FROM page_rows
    UNION ALL
    SELECT product_id, 0, 0, 0, 0, 0, 0, 0, 0, (pins ->> product_id)::integer FROM pinned WHERE after_id IS NULL
  ), facet AS (
    SELECT 'categories' AS name, unnest(category_path) AS value FROM matched WHERE shop_fits AND brand_fits
    UNION ALL SELECT 'brands', brand FROM matched WHERE category_fits AND shop_fits AND brand IS NOT NULL
    UNION ALL SELECT 'sellers', unnest(shop_ids) FROM matched WHERE category_fits AND brand_fits
  ), bucket AS (
    SELECT name, value, count, row_number() OVER (PARTITION BY name ORDER BY count DESC, value) AS place
    FROM (SELECT name, value, count(*)::integer AS count FROM facet GROUP BY name, value) AS counted
  )
  SELECT json_build_object(
    'rows', (SELECT coalesce(json_agg(json_build_object(
        'productId', l.product_id, 'slug', l.slug, 'titles', l.titles, 'brand', l.brand, 'imageKey', l.image_key,
        'priceFromMinor', l.price_from_minor::text, 'priceToMinor', l.price_to_minor::text,
        'currency', l.currency, 'bestOfferId', l.best_offer_id, 'bestSellerId', l.best_seller_id,
        'sellerName', l.seller_name, 'sellerCity', l.seller_city, 'offers', cardinality(l.offer_ids),
        'available', l.available, 'reviews', l.reviews, 'starsHundredths', l.stars_hundredths,
        'km', CASE WHEN near IS NOT NULL THEN (SELECT min(n.km) FROM search_shops_near(near) n
          WHERE n.seller_id = ANY (l.shop_ids)) END,
        'place', s.place, 'position', s.position, 'text', s.text_score, 'behaviour', s.behaviour_score,
        'ratings', s.ratings_score, 'freshness', s.freshness_score, 'stock', s.stock_score,
        'rule', s.rule_score, 'diversity', s.diversity_score)
        ORDER BY s.place DESC, s.product_id DESC), '[]')
      FROM shown s JOIN listing l ON l.product_id = s.product_id),
    'total', whole.hits + (SELECT count(*) FROM pinned p
      WHERE NOT EXISTS (SELECT 1 FROM matched m WHERE m.product_id = p.product_id
        AND m.category_fits AND m.shop_fits AND m.brand_fits)),
    'min', whole.cheapest::text, 'max', whole.dearest::text,
    'facets', (SELECT coalesce(json_object_agg(name, buckets), '{}') FROM (
        SELECT name, json_agg(json_build_object('value', value, 'count', count) ORDER BY place) AS buckets
        FROM bucket WHERE place <= 20 GROUP BY name) AS facets),
    'alike', CASE WHEN unknown IS NOT NULL THEN search_alike(unknown) ELSE '[]' END)
  INTO answer
  FROM (SELECT count(*) AS hits, min(price_from_minor) AS cheapest, max(price_from_minor) AS dearest
    FROM matched WHERE category_fits AND shop_fits AND brand_fits) AS whole;
  RETURN answer;
END
$$;

-- Learns from what viewers did with pages. `rules` are those of the domain (domain/feedback.ts). A viewer counts once
-- a query and product, however often he looked and clicked; of one origin only so many viewers count. What was done
-- is held against what would have been done at the same places with anything.
CREATE FUNCTION search_learn(rules jsonb, learnt timestamptz, zone text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  since timestamptz := learnt - make_interval(secs => (rules ->> 'keptMs')::float8 / 1000);
  half_life float8 := (rules ->> 'halfLifeMs')::float8 / 1000;
  weight float8 := (rules ->> 'weight')::float8;
  bound float8 := (rules ->> 'bound')::float8;
  place_doubt float8 := (rules ->> 'placeDoubt')::float8;
  query_doubt float8 := (rules -> 'doubt' ->> 'query')::float8;
  product_doubt float8 := (rules -> 'doubt' ->> 'product')::float8;
BEGIN
  DELETE FROM search_act WHERE search_act.at < since;
  DELETE FROM search_view WHERE search_view.at < since;
  DELETE FROM search_answer a
  WHERE a.at < learnt - make_interval(secs => (rules ->> 'unseenMs')::float8 / 1000)
    AND NOT EXISTS (SELECT 1 FROM search_view v WHERE v.search_id = a.id);

  CREATE TEMP TABLE search_seen ON COMMIT DROP AS
  SELECT a.query, p.product_id, v.viewer, min(v.origin) AS origin, bool_or(a.ranked) AS ranked,
    min(a.first_position + p.place - 1)::integer AS position, max(v.at) AS at,
    bool_or(coalesce(d.clicked, false)) AS clicked, bool_or(coalesce(d.carted, false)) AS carted,
    bool_or(coalesce(d.bought, false)) AS bought,
    min(a.first_position + p.place - 1) FILTER (WHERE d.clicked)::integer AS clicked_at,
    to_char(v.at AT TIME ZONE zone, 'YYYY-MM-DD') AS day
  FROM search_view v
  JOIN search_answer a ON a.id = v.search_id
  CROSS JOIN LATERAL unnest(a.product_ids) WITH ORDINALITY AS p (product_id, place)
  LEFT JOIN LATERAL (
    SELECT bool_or(kind = 'click') AS clicked, bool_or(kind = 'cart') AS carted,
      bool_or(kind = 'purchase' AND NOT EXISTS (
        SELECT 1 FROM search_act u WHERE u.viewer = c.viewer AND u.product_id = c.product_id
          AND u.kind = 'undone' AND u.order_id = c.order_id)) AS bought
    FROM search_act c
    WHERE c.search_id = v.search_id AND c.viewer = v.viewer AND c.product_id = p.product_id) AS d ON true
  GROUP BY a.query, p.product_id, v.viewer, day;

  -- Words cost nothing: for the product itself an origin is so many viewers in all queries together.
  CREATE TEMP TABLE search_people ON COMMIT DROP AS
  SELECT query, product_id, least(position, 100) AS position, clicked, carted, bought,
    row_number() OVER (PARTITION BY product_id, origin ORDER BY viewer, query)
      <= (rules ->> 'viewersAnOrigin')::integer AS tells_of_product,
    power(0.5, extract(epoch FROM learnt - last_at) / half_life)::float8 AS age,
    (clicked::int * (rules -> 'gain' ->> 'click')::float8 + carted::int * (rules -> 'gain' ->> 'cart')::float8
      + bought::int * (rules -> 'gain' ->> 'purchase')::float8) AS gain
  FROM (
    SELECT query, product_id, viewer, min(origin) AS origin, min(position) AS position, max(s.at) AS last_at,
      bool_or(clicked) AS clicked, bool_or(carted) AS carted, bool_or(bought) AS bought,
      row_number() OVER (PARTITION BY query, product_id, min(origin) ORDER BY viewer) AS face
    FROM search_seen s WHERE ranked
    GROUP BY query, product_id, viewer) AS person
  WHERE face <= (rules ->> 'viewersAnOrigin')::integer;

  INSERT INTO search_position (position, gain)
  SELECT place, round(1000000 * (coalesce(sum(p.gain), 0) + place_doubt * 0.3 / place)
    / (count(p.position) + place_doubt))::integer
  FROM generate_series(1, 100) AS place LEFT JOIN search_people p ON p.position = place
  GROUP BY place
  ON CONFLICT (position) DO UPDATE SET gain = excluded.gain;

  INSERT INTO search_appeal (query, product_id, score, viewers, clicks, carts, purchases, learnt_at)
  SELECT p.query, p.product_id,
    round(greatest(-bound, least(bound, weight * ln((sum(p.age * p.gain) + query_doubt)
      / (sum(p.age * c.gain / 1000000.0) + query_doubt)))))::integer,
    count(*), count(*) FILTER (WHERE clicked), count(*) FILTER (WHERE carted), count(*) FILTER (WHERE bought), learnt
  FROM search_people p JOIN search_position c ON c.position = p.position
  GROUP BY p.query, p.product_id ORDER BY p.query, p.product_id
  ON CONFLICT (query, product_id) DO UPDATE SET score = excluded.score, viewers = excluded.viewers,
    clicks = excluded.clicks, carts = excluded.carts, purchases = excluded.purchases,
    learnt_at = excluded.learnt_at;
  DELETE FROM search_appeal WHERE learnt_at < learnt;

  UPDATE listing l SET appeal = told.appeal
  FROM (
    SELECT o.product_id, coalesce(round(greatest(-bound / 3, least(bound / 3, weight / 2
      * ln((sum(p.age * p.gain) + product_doubt) / (sum(p.age * c.gain / 1000000.0) + product_doubt))))), 0)::integer
      AS appeal
    FROM (SELECT product_id FROM search_people UNION SELECT product_id FROM listing WHERE appeal <> 0) AS o
    LEFT JOIN search_people p ON p.product_id = o.product_id AND p.tells_of_product
    LEFT JOIN search_position c ON c.position = p.position
    GROUP BY o.product_id) AS told
  WHERE l.product_id = told.product_id AND l.appeal <> told.appeal;

  -- The day on which rows began to go is no longer whole and stays as it was counted before.
  INSERT INTO search_day (day, query, searches, empty, clicked, clicks, carts, purchases, reciprocal)
  SELECT day, query, count(*), count(*) FILTER (WHERE is_empty), count(first), coalesce(sum(clicks), 0),
    coalesce(sum(carts), 0), coalesce(sum(purchases), 0), coalesce(sum(round(1000000.0 / first)), 0)
  FROM (
    SELECT to_char(v.at AT TIME ZONE zone, 'YYYY-MM-DD') AS day, a.query, v.viewer, bool_and(a.total = 0) AS is_empty
    FROM search_view v JOIN search_answer a ON a.id = v.search_id GROUP BY 1, 2, 3) AS search
  LEFT JOIN (
    SELECT day, query, viewer, min(clicked_at) AS first, count(*) FILTER (WHERE clicked) AS clicks,
      count(*) FILTER (WHERE carted) AS carts, count(*) FILTER (WHERE bought) AS purchases
    FROM search_seen GROUP BY day, query, viewer) AS told USING (day, query, viewer)
  WHERE day > to_char(since AT TIME ZONE zone, 'YYYY-MM-DD')
  GROUP BY day, query ORDER BY day, query
  ON CONFLICT (day, query) DO UPDATE SET searches = excluded.searches, empty = excluded.empty,
    clicked = excluded.clicked, clicks = excluded.clicks, carts = excluded.carts,
    purchases = excluded.purchases, reciprocal = excluded.reciprocal;
END
$$;
