// A record was opened by a step of the browser's history, and closing it takes that step back: no dead step remains. Where the record
// came by a link of its own there is nothing to go back to, and the view without it takes its place.
export default function ({ data }) {
  const shown = new URL(location.href)
  if (shown.searchParams.get(data.name) !== data.value) return
  const entries = globalThis.navigation?.entries() ?? []
  const before = entries[globalThis.navigation?.currentEntry.index - 1]
  const without = wordsOf(shown).filter(([name]) => name !== data.name)
  if (before && isSameView(new URL(before.url), shown.pathname, without)) {
    history.back()
    return
  }
  const query = new URLSearchParams(without).toString()
  history.replaceState(history.state, "", shown.pathname + (query && `?${query}`))
  dispatchEvent(new PopStateEvent("popstate"))
}

function isSameView(url, pathname, words) {
  return url.pathname === pathname && JSON.stringify(wordsOf(url).sort()) === JSON.stringify(words.sort())
}

function wordsOf(url) {
  return [...url.searchParams]
}
