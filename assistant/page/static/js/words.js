// What the page says, in the language that the server put into it. No sentence stands in the other files.

const words = JSON.parse(document.getElementById("words").textContent);
const plural = new Intl.PluralRules(document.documentElement.lang);

/** A sentence by its key, with {names} filled in. */
export function say(key, values = {}) {
  const text = words[key];
  if (text === undefined) {
    throw new Error(`There are no words for ${key}.`);
  }
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** A sentence that counts something: `key.one`, `key.other`, as the language wants it. */
export function sayCount(key, count, values = {}) {
  const form = `${key}.${plural.select(count)}`;
  return say(form in words ? form : `${key}.other`, { count: count.toLocaleString(), ...values });
}
