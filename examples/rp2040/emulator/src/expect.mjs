// Comparing what happened with what a scenario expects.

/**
 * What differs, as lines of text. An expected object may have fewer members than
 * the actual one; an expected array of two numbers where a number is means
 * "between these, both included"; an expected regular expression has to match text.
 */
export function differences(expected, actual, path = '') {
  const isPattern = expected instanceof RegExp;
  const wanted = isPattern ? String(expected) : JSON.stringify(expected);
  const differ = () => [`${path || 'it'} is ${JSON.stringify(actual)}, not ${wanted}`];
  if (isPattern) return typeof actual === 'string' && expected.test(actual) ? [] : differ();
  if (typeof actual === 'number' && Array.isArray(expected) && expected.length === 2) {
    return expected[0] <= actual && actual <= expected[1] ? [] : differ();
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return differ();
    return expected.flatMap((item, i) => differences(item, actual[i], `${path}[${i}]`));
  }
  if (expected !== null && typeof expected === 'object') {
    if (actual === null || typeof actual !== 'object') return differ();
    return Object.entries(expected).flatMap(([key, value]) => differences(value, actual[key], path ? `${path}.${key}` : key));
  }
  return Object.is(expected, actual) ? [] : differ();
}

/** The same for lists of what the firmware told, all of them, in their order. */
export function differencesOfLines(expected, actual) {
  const problems = [];
  for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
    if (i >= expected.length) problems.push(`not expected: ${JSON.stringify(actual[i])}`);
    else if (i >= actual.length) problems.push(`missing: ${JSON.stringify(expected[i])}`);
    else problems.push(...differences(expected[i], actual[i], `line ${i + 1}`));
    if (problems.length > 5) return [...problems, '…'];
  }
  return problems;
}
