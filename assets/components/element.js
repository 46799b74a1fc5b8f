// What an element keeps between updates. Streamlit runs an element anew for each update, and cleans up a run that a newer one overtook
// before or after that one: only the cleanup of the latest run ends the element. It takes the element's nodes along; a run that follows
// at once finds them again, zoom, focus and all, and any later one begins with an empty root.
const elements = new WeakMap()
const HELD_MILLISECONDS = 1000

function keep(root, begin, end = () => {}) {
  let element = elements.get(root)
  if (!element) {
    root.replaceChildren()
    element = begin()
    elements.set(root, element)
  }
  if (element.held) take(root, element)
  const run = (element.run = {})
  element.cleanup = () => {
    if (element.run !== run || element.held) return
    const focused = root.getRootNode().activeElement
    element.held = { nodes: [...root.childNodes], focused: root.contains(focused) ? focused : null }
    root.replaceChildren()
    element.held.timer = setTimeout(() => {
      elements.delete(root)
      end(element)
    }, HELD_MILLISECONDS)
  }
  return element
}

function take(root, element) {
  clearTimeout(element.held.timer)
  root.replaceChildren(...element.held.nodes)
  element.held.focused?.focus({ preventScroll: true })
  element.held = undefined
}

// Where the app stands in this browser, whatever proxy or base path lies between: Streamlit's own script was loaded from there.
function appAddress(address) {
  const script = document.querySelector('script[src*="static/js/index"]')
  return new URL(address, script ? new URL("../../", script.src) : document.baseURI).href
}
