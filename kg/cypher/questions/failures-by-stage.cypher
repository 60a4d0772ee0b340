MATCH (f:Failure)
RETURN f.stage AS stage, f.severity AS severity, count(f) AS items
ORDER BY stage, severity
