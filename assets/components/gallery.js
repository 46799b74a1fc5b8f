// Pictures cut from one sheet, each a button with a word below; says which was chosen; knows nothing of what they show. Of many it shows
// the first few, fewer where it is narrow, and says how many of them are wanted when more are asked for.
const NARROW = matchMedia("(max-width: 640px)")

export default function ({ data, parentElement, setTriggerValue }) {
  const group = parentElement.querySelector(".gallery")
  const element = keep(
    group,
    () => {
      const begun = { tiles: [], foot: null, first: null, redraw: () => begun.draw() }
      NARROW.addEventListener("change", begun.redraw)
      return begun
    },
    (ended) => NARROW.removeEventListener("change", ended.redraw),
  )
  const { tiles } = element
  group.setAttribute("aria-label", data.label)
  group.style.setProperty("--side", data.side + "px")
  while (tiles.length > data.items.length) tiles.pop().remove()
  while (tiles.length < data.items.length) {
    const button = document.createElement("button")
    button.type = "button"
    button.append(document.createElement("i"), document.createElement("span"))
    group.insertBefore(button, element.foot)
    tiles.push(button)
  }
  const part = (place, count) => (count > 1 ? (100 * place) / (count - 1) : 0) + "%"
  data.items.forEach((item, index) => {
    const button = tiles[index]
    const [picture, word] = button.children
    picture.style.backgroundImage = `url(${appAddress(data.sheet.url)})`
    picture.style.backgroundSize = `${data.sheet.columns * 100}% ${data.sheet.rows * 100}%`
    picture.style.backgroundPosition =
      part(index % data.sheet.columns, data.sheet.columns) + " " + part(Math.floor(index / data.sheet.columns), data.sheet.rows)
    word.textContent = item.text
    button.className = item.state
    button.setAttribute("aria-label", item.label)
    if (data.chosen === null) button.removeAttribute("aria-pressed")
    else button.setAttribute("aria-pressed", item.value === data.chosen)
    button.title = item.label
    button.onclick = () => setTriggerValue("chosen", item.value)
  })
  element.draw = () => {
    const step = NARROW.matches ? data.more?.narrow : data.more?.wide
    const shown = data.more ? Math.min(tiles.length, Math.max(step, data.more.wanted)) : tiles.length
    tiles.forEach((tile, index) => (tile.hidden = index >= shown))
    drawFoot(group, element, data.more, shown, step, setTriggerValue)
    const chosen = data.items.findIndex((item) => item.value === data.chosen)
    rove(group, tiles.slice(0, shown), chosen < shown ? chosen : -1)
  }
  element.draw()
  return element.cleanup
}

// How many are shown, and the buttons for more and for all; whoever pressed one stands on the first picture it brought.
function drawFoot(group, element, more, shown, step, setTriggerValue) {
  if (!more || more.total <= more.narrow) {
    element.foot?.remove()
    element.foot = null
    return
  }
  if (!element.foot) {
    element.foot = document.createElement("div")
    element.foot.className = "foot"
    const status = document.createElement("p")
    status.setAttribute("role", "status")
    element.foot.append(status, document.createElement("button"), document.createElement("button"))
    group.append(element.foot)
  }
  const [status, next, all] = element.foot.children
  const write = (node, text) => node.textContent !== text && (node.textContent = text)
  const count = Math.min(step, more.total - shown)
  write(status, more.shown.replace("{count}", shown.toLocaleString("en")))
  write(next, more.next.replace("{count}", count.toLocaleString("en")))
  write(all, more.all)
  next.hidden = shown >= more.total || shown + count >= more.total
  all.hidden = shown >= more.total
  for (const [button, wanted] of [[next, shown + count], [all, more.total]]) {
    button.type = "button"
    button.onclick = () => {
      element.first = shown
      setTriggerValue("wanted", wanted)
    }
  }
  if (element.first !== null && element.first < shown) {
    element.tiles[element.first].focus()
    element.first = null
  }
}
