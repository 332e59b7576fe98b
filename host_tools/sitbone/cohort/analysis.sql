-- The analysis of a cohort: one text that DuckDB and Spark both take. Each section is a table of that name, in order.
--
-- It reads `participants` (participant, arm, enrolled_day, until_day, weeks), `weeks` (week: 0, 1, …) and the lake's
-- tables days, prompts and pain. Sums are over whole numbers, so that neither engine's order of adding shows; days are
-- numbers since 1970-01-01, so that neither's time zone does; nothing rounds, except down. A `value` is a whole number:
-- its unit is in release.py's table of measures. A week of -1 is the whole follow-up.

-- name: person_day
SELECT p.participant AS participant, p.arm AS arm, d.epoch_day AS epoch_day,
       CAST(FLOOR((d.epoch_day - p.enrolled_day) / 7) AS INT) AS week,
       CAST(FLOOR(d.seated_s + 0.5) AS BIGINT) AS seated_s,
       d.breaks_verified AS breaks,
       CAST(FLOOR(GREATEST(d.dose_left_max_s, d.dose_right_max_s) + 0.5) AS BIGINT) AS dose_s,
       -- Judgement: below an hour of records, or a fifth of it with a sensor out of order, a day isn't used.
       CASE WHEN d.recorded_s >= 3600 AND d.valid_share >= 0.8 THEN 1 ELSE 0 END AS valid
FROM days d JOIN participants p ON d.participant = p.participant
WHERE d.epoch_day BETWEEN p.enrolled_day AND p.until_day

-- name: person_pain
-- The mornings' ratings: of two on one day (a side each) the worse counts. In hundredths of a point.
SELECT p.participant AS participant, p.arm AS arm, r.epoch_day AS epoch_day,
       CAST(FLOOR((r.epoch_day - p.enrolled_day) / 7) AS INT) AS week, MAX(r.pain) * 100 AS pain
FROM pain r JOIN participants p ON r.participant = p.participant
WHERE r.moment = 'morning' AND r.epoch_day BETWEEN p.enrolled_day AND p.until_day
GROUP BY p.participant, p.arm, r.epoch_day, p.enrolled_day

-- name: dose_pain
-- The dose of a valid day and the next morning's pain.
SELECT d.participant AS participant, d.arm AS arm, d.epoch_day AS epoch_day, d.week AS week, d.dose_s AS dose_s, m.pain AS pain
FROM person_day d JOIN person_pain m ON m.participant = d.participant AND m.epoch_day = d.epoch_day + 1
WHERE d.valid = 1

-- name: person_week
SELECT p.participant AS participant, p.arm AS arm, w.week AS week,
       COUNT(d.epoch_day) AS days, COALESCE(SUM(d.valid), 0) AS valid_days,
       COALESCE(SUM(d.valid * d.seated_s), 0) AS seated_s, COALESCE(SUM(d.valid * d.breaks), 0) AS breaks,
       COALESCE(SUM(d.valid * d.dose_s), 0) AS dose_s
FROM participants p JOIN weeks w ON w.week < p.weeks
LEFT JOIN person_day d ON d.participant = p.participant AND d.week = w.week
GROUP BY p.participant, p.arm, w.week

-- name: person_prompts
-- Prompts whose end was seen. Who never stood up in that sit didn't respond.
SELECT p.participant AS participant, p.arm AS arm, COUNT(*) AS prompts,
       SUM(CASE WHEN r.stood_s <= 60 THEN 1 ELSE 0 END) AS within_1, SUM(CASE WHEN r.stood_s <= 180 THEN 1 ELSE 0 END) AS within_3,
       SUM(CASE WHEN r.stood_s <= 300 THEN 1 ELSE 0 END) AS within_5
FROM prompts r JOIN participants p ON r.participant = p.participant
WHERE r.outcome IS NOT NULL AND r.epoch_day BETWEEN p.enrolled_day AND p.until_day
GROUP BY p.participant, p.arm

-- name: person_flares
SELECT p.participant AS participant, p.arm AS arm, COUNT(*) AS flares
FROM pain r JOIN participants p ON r.participant = p.participant
WHERE r.flare = 'start' AND r.epoch_day BETWEEN p.enrolled_day AND p.until_day
GROUP BY p.participant, p.arm

-- name: person_odd
-- Days outside the follow-up: a clock that was wrong, or data of before.
SELECT p.participant AS participant, COUNT(*) AS days
FROM days d JOIN participants p ON d.participant = p.participant
WHERE d.epoch_day < p.enrolled_day OR d.epoch_day > p.until_day
GROUP BY p.participant

-- name: person_pain_week
SELECT participant, arm, week, COUNT(*) AS mornings, SUM(pain) AS pain FROM person_pain GROUP BY participant, arm, week

-- name: person_tolerated_week
-- Judgement: what was sat on a day whose next morning hurt at most 3 was tolerated.
SELECT participant, arm, week, MAX(dose_s) AS dose_s FROM dose_pain WHERE pain <= 300 AND dose_s > 0 GROUP BY participant, arm, week

-- name: person
SELECT w.participant AS participant, w.arm AS arm, w.weeks AS weeks, w.days AS days, w.valid_days AS valid_days,
       w.seated_s AS seated_s, w.breaks AS breaks, w.dose_s AS dose_s, w.last_week AS last_week,
       COALESCE(m.mornings, 0) AS mornings, COALESCE(m.pain, 0) AS pain,
       COALESCE(f.flares, 0) AS flares, COALESCE(o.days, 0) AS odd_days,
       COALESCE(r.prompts, 0) AS prompts, COALESCE(r.within_1, 0) AS within_1,
       COALESCE(r.within_3, 0) AS within_3, COALESCE(r.within_5, 0) AS within_5
FROM (SELECT participant, arm, COUNT(*) AS weeks, SUM(days) AS days, SUM(valid_days) AS valid_days, SUM(seated_s) AS seated_s,
             SUM(breaks) AS breaks, SUM(dose_s) AS dose_s, MAX(CASE WHEN days > 0 THEN week ELSE -1 END) AS last_week
      FROM person_week GROUP BY participant, arm) w
LEFT JOIN (SELECT participant, SUM(mornings) AS mornings, SUM(pain) AS pain FROM person_pain_week GROUP BY participant) m
  ON m.participant = w.participant
LEFT JOIN person_flares f ON f.participant = w.participant
LEFT JOIN person_odd o ON o.participant = w.participant
LEFT JOIN person_prompts r ON r.participant = w.participant

-- name: person_measure
-- One value a person, measure and week: from here on people count, not days, so that nobody's long record outweighs
-- others. A row per person and name of a measure: a union of a part for each would have Spark plan for minutes.
SELECT measure, participant, arm, week, CAST(value AS BIGINT) AS value FROM (
  SELECT m.measure AS measure, w.participant AS participant, w.arm AS arm, w.week AS week,
         CASE WHEN m.measure = 'days_a_week' THEN w.days * 100
              WHEN w.valid_days = 0 THEN NULL
              WHEN m.measure = 'seated_h' THEN FLOOR(w.seated_s / w.valid_days / 36)
              WHEN m.measure = 'breaks' THEN FLOOR(100 * w.breaks / w.valid_days)
              WHEN m.measure = 'dose_min' THEN FLOOR(10 * w.dose_s / w.valid_days / 6) END AS value
  FROM person_week w CROSS JOIN (VALUES ('days_a_week'), ('seated_h'), ('breaks'), ('dose_min')) AS m(measure)
  UNION ALL
  SELECT m.measure, p.participant, p.arm, -1,
         CASE m.measure
           WHEN 'days_a_week' THEN FLOOR(100 * p.days / p.weeks)
           WHEN 'valid_share' THEN CASE WHEN p.days > 0 THEN FLOOR(10000 * p.valid_days / p.days) END
           WHEN 'seated_h' THEN CASE WHEN p.valid_days > 0 THEN FLOOR(p.seated_s / p.valid_days / 36) END
           WHEN 'breaks' THEN CASE WHEN p.valid_days > 0 THEN FLOOR(100 * p.breaks / p.valid_days) END
           WHEN 'dose_min' THEN CASE WHEN p.valid_days > 0 THEN FLOOR(10 * p.dose_s / p.valid_days / 6) END
           WHEN 'within_1' THEN CASE WHEN p.prompts > 0 THEN FLOOR(10000 * p.within_1 / p.prompts) END
           WHEN 'within_3' THEN CASE WHEN p.prompts > 0 THEN FLOOR(10000 * p.within_3 / p.prompts) END
           WHEN 'within_5' THEN CASE WHEN p.prompts > 0 THEN FLOOR(10000 * p.within_5 / p.prompts) END
           WHEN 'morning_pain' THEN CASE WHEN p.mornings > 0 THEN FLOOR(p.pain / p.mornings) END
           WHEN 'flares' THEN 100 * p.flares
           WHEN 'has_any_data' THEN CASE WHEN p.days > 0 THEN 1 ELSE 0 END
           WHEN 'has_valid_data' THEN CASE WHEN p.valid_days > 0 THEN 1 ELSE 0 END
           WHEN 'has_diary' THEN CASE WHEN p.mornings > 0 THEN 1 ELSE 0 END
           WHEN 'has_data_at_the_end' THEN CASE WHEN p.last_week >= p.weeks - 2 THEN 1 ELSE 0 END
           WHEN 'has_few_valid_days' THEN CASE WHEN p.valid_days * 2 < p.days THEN 1 ELSE 0 END
           WHEN 'has_invalid_days' THEN CASE WHEN p.days - p.valid_days >= 3 THEN 1 ELSE 0 END
           WHEN 'has_days_outside' THEN CASE WHEN p.odd_days > 0 THEN 1 ELSE 0 END
           WHEN 'has_flare' THEN CASE WHEN p.flares > 0 THEN 1 ELSE 0 END END
  FROM person p CROSS JOIN (VALUES ('days_a_week'), ('valid_share'), ('seated_h'), ('breaks'), ('dose_min'), ('within_1'),
         ('within_3'), ('within_5'), ('morning_pain'), ('flares'), ('has_any_data'), ('has_valid_data'), ('has_diary'),
         ('has_data_at_the_end'), ('has_few_valid_days'), ('has_invalid_days'), ('has_days_outside'), ('has_flare')) AS m(measure)
  UNION ALL
  SELECT 'morning_pain', participant, arm, week, FLOOR(pain / mornings) FROM person_pain_week
  UNION ALL
  SELECT 'tolerated_min', participant, arm, week, FLOOR(10 * dose_s / 6) FROM person_tolerated_week
) AS found WHERE value IS NOT NULL

-- name: cells
SELECT measure, arm, week, COUNT(*) AS people, CAST(SUM(value) AS BIGINT) AS total, CAST(SUM(value * value) AS BIGINT) AS squares
FROM person_measure GROUP BY measure, arm, week ORDER BY measure, arm, week
