// What feeds one answer of a network: columns of neurons, the lines between them, the answers as bars, and a sum that is added up before
// one's eyes. Pointing shows the lines of one neuron alone; says which was chosen; computes nothing of the network itself.
const NARROW = 640
const STEP_MILLISECONDS = 550
const WIDEST = 11
const ROUND = { wide: 32, narrow: 26 }
const stillness = matchMedia("(prefers-reduced-motion: reduce)")

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".flow")
  const element = keep(root, () => begin(root), end)
  const before = element.data
  element.data = data
  element.send = (key) => setTriggerValue("chosen", key.split("-").map(Number))
  fill(element)
  place(element)
  follow(element, before)
  return element.cleanup
}

function make(kind, name = "", parent = null) {
  const made = document.createElement(kind)
  made.className = name
  parent?.append(made)
  return made
}

function begin(root) {
  const element = { root, buttons: new Map(), lines: [], heads: [], pointed: null, shown: null, sent: null, timer: 0 }
  element.stage = make("div", "stage", root)
  element.stage.setAttribute("role", "group")
  element.svg = element.stage.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"))
  element.svg.setAttribute("aria-hidden", "true")
  element.picture = make("i", "picture", element.stage)
  element.picture.setAttribute("role", "img")
  element.balloon = make("output", "balloon", element.stage)
  element.balloon.setAttribute("aria-hidden", "true")
  element.told = make("p", "told", root)
  element.sum = make("section", "sum", root)
  element.title = make("h4", "", element.sum)
  element.work = make("div", "work", element.sum)
  element.end = make("p", "end", element.sum)
  element.end.setAttribute("role", "status")
  const tools = make("div", "tools", element.sum)
  element.again = tool(tools, () => play(element, true))
  element.next = tool(tools, () => (halt(element), reveal(element, element.step + 1)))
  element.stage.onkeydown = (event) => walk(element, event)
  element.observer = new ResizeObserver(() => place(element))
  element.observer.observe(root)
  return element
}

function end(element) {
  halt(element)
  element.observer.disconnect()
}

function tool(tools, press) {
  const button = make("button", "", tools)
  button.type = "button"
  button.onclick = press
  return button
}

// --- what stands there ---------------------------------------------------------------------------------------------------------

function fill(element) {
  const { data, stage } = element
  stage.setAttribute("aria-label", data.label)
  element.picture.setAttribute("aria-label", data.picture.label)
  element.again.textContent = data.words.again
  element.next.textContent = data.words.next_step
  element.heads.forEach((head) => head.remove())
  element.heads = data.heads.map((text) => {
    const head = make("span", "head", stage)
    head.textContent = text
    return head
  })
  fillButtons(element)
  drawLines(element)
  const focused = [...element.buttons.values()].find((button) => button.tabIndex === 0)
  if (!focused) element.buttons.get(data.answer).tabIndex = 0
  point(element, element.buttons.has(element.pointed) ? element.pointed : null)
}

function fillButtons(element) {
  const { data, buttons, stage } = element
  const items = [...data.layers.flat(), ...data.digits]
  const keys = new Set(items.map((item) => item.key))
  for (const [key, button] of buttons) {
    if (keys.has(key)) continue
    button.remove()
    buttons.delete(key)
  }
  for (const item of items) {
    const button = buttons.get(item.key) ?? newButton(element, item)
    if ("digit" in item) showDigit(button, item, data)
    else showUnit(button, item)
    button.setAttribute("aria-label", item.label)
    button.title = item.label
  }
  // The order in which a screen reader meets them; a button that has the focus keeps it.
  const ordered = items.map((item) => buttons.get(item.key))
  if ([...stage.querySelectorAll("button")].some((button, index) => button !== ordered[index])) {
    const focused = stage.getRootNode().activeElement
    stage.append(...ordered)
    if (ordered.includes(focused)) focused.focus({ preventScroll: true })
  }
}

function newButton(element, item) {
  const button = make("button", "", element.stage)
  button.type = "button"
  button.tabIndex = -1
  if ("digit" in item) {
    make("b", "", button)
    make("i", "", make("span", "track", button))
    for (const name of ["score", "share", "short", "rank"]) make("span", name, button)
  }
  button.onclick = () => choose(element, item.key)
  button.onpointerenter = (event) => event.pointerType === "mouse" && point(element, item.key)
  button.onpointerleave = (event) => event.pointerType === "mouse" && point(element, null)
  button.onfocus = () => {
    for (const other of element.buttons.values()) other.tabIndex = other === button ? 0 : -1
    point(element, item.key)
  }
  button.onblur = () => point(element, null)
  element.buttons.set(item.key, button)
  return button
}

function showUnit(button, item) {
  button.textContent = item.number
  const sign = item.given > 0 ? "for" : item.given < 0 ? "against" : "none"
  button.className = `unit ${sign} ${item.off ? "off" : ""} ${item.number.length > 2 ? "long" : ""}`
  const shade = item.said < 0 ? [255, 154, 77] : [255, 255, 255]
  const [red, green, blue] = shade.map((part) => Math.round(part * Math.abs(item.said)))
  button.style.setProperty("--fill", `rgb(${red} ${green} ${blue})`)
  const light = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  button.style.setProperty("--ink", light > 0.18 ? "black" : "white")
}

function linear(part) {
  return part / 255 <= 0.04 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4
}

function showDigit(button, item, data) {
  button.className = "digit"
  button.querySelector("b").textContent = item.digit
  for (const name of ["score", "share", "short", "rank"]) button.querySelector("." + name).textContent = item[name]
  button.style.setProperty("--zero", data.zero + "%")
  button.style.setProperty("--from", item.from + "%")
  button.style.setProperty("--length", item.length + "%")
  if (item.key === data.answer) button.setAttribute("aria-current", "true")
  else button.removeAttribute("aria-current")
}

function drawLines(element) {
  const { data, svg } = element
  while (svg.children.length > data.lines.length) svg.lastChild.remove()
  while (svg.children.length < data.lines.length) svg.append(document.createElementNS(svg.namespaceURI, "path"))
  const most = Math.max(...data.lines.filter((line) => line[3]).map((line) => Math.abs(line[2])), 1e-9)
  element.lines = data.lines.map(([from, to, value, drawn], index) => {
    const path = svg.children[index]
    path.style.strokeWidth = Math.min(WIDEST, Math.max(1.25, (WIDEST * Math.abs(value)) / most)) + "px"
    return { from, to, drawn, path, against: value < 0 }
  })
}

// --- where it stands -----------------------------------------------------------------------------------------------------------

function place(element) {
  const width = element.root.clientWidth
  if (!width || !element.data) return
  const narrow = width < NARROW
  element.root.classList.toggle("narrow", narrow)
  element.root.style.setProperty("--size", (narrow ? ROUND.narrow : ROUND.wide) + "px")
  element.ends = new Map()
  ;(narrow ? placeNarrow : placeWide)(element, width)
  for (const line of element.lines) line.path.setAttribute("d", curve(element, line, narrow))
  placeBalloon(element)
}

function put(node, left, top, width, height) {
  Object.assign(node.style, { left: left + "px", top: top + "px" })
  if (width) Object.assign(node.style, { width: width + "px", height: height + "px" })
}

function placeWide(element, width) {
  const { data, picture, stage } = element
  const top = 40
  const height = 440
  const side = Math.min(230, Math.max(130, 0.19 * width))
  const bars = Math.min(400, Math.max(270, 0.32 * width))
  const middle = top + height / 2
  const round = ROUND.wide
  stage.style.height = top + height + "px"
  put(picture, 0, middle - side / 2, side, side)
  element.source = { x: side, y: middle - side / 2, side }
  put(element.heads[0], side / 2, middle - side / 2 - 24)
  data.layers.forEach((units, layer) => {
    const x = side + ((layer + 1) * (width - bars - side)) / (data.layers.length + 1)
    const pitch = Math.min(44, height / units.length)
    put(element.heads[layer + 1], x, 4)
    units.forEach((unit, index) => {
      const y = middle + (index - (units.length - 1) / 2) * pitch
      put(element.buttons.get(unit.key), x - round / 2, y - round / 2)
      element.ends.set(unit.key, { in: [x - round / 2, y], out: [x + round / 2, y] })
    })
  })
  put(element.heads.at(-1), width - bars / 2, 4)
  data.digits.forEach((digit, index) => {
    const y = top + (index * height) / 10
    put(element.buttons.get(digit.key), width - bars, y + 3, bars, height / 10 - 6)
    element.ends.set(digit.key, { in: [width - bars, y + height / 20] })
  })
}

function placeNarrow(element, width) {
  const { data, picture, stage } = element
  const side = 128
  const gap = 92
  const bars = 170
  const round = ROUND.narrow
  put(element.heads[0], 0, 0)
  put(picture, (width - side) / 2, 4, side, side)
  element.source = { x: (width - side) / 2, y: 4 + side, side }
  let top = 4 + side
  data.layers.forEach((units, layer) => {
    top += gap
    const pitch = Math.min(40, width / units.length)
    put(element.heads[layer + 1], 0, top - round / 2 - 22)
    units.forEach((unit, index) => {
      const x = width / 2 + (index - (units.length - 1) / 2) * pitch
      put(element.buttons.get(unit.key), x - round / 2, top - round / 2)
      element.ends.set(unit.key, { in: [x, top - round / 2], out: [x, top + round / 2] })
    })
  })
  top += gap
  put(element.heads.at(-1), 0, top - 22)
  data.digits.forEach((digit, index) => {
    put(element.buttons.get(digit.key), (index * width) / 10, top, width / 10, bars)
    element.ends.set(digit.key, { in: [((index + 0.5) * width) / 10, top] })
  })
  stage.style.height = top + bars + "px"
}

// While a sum is added up, what was added and the sum so far stand where it is added up.
function placeBalloon({ balloon, ends, shown }) {
  const at = ends?.get(shown)
  if (at) put(balloon, at.in[0], at.in[1] - 14)
}

// From the picture one line goes to each target, beside each other.
function curve(element, { from, to }, narrow) {
  const [x1, y1] = element.ends.get(to).in
  const { x, y, side } = element.source
  const targets = element.lines.filter((line) => line.from === "p")
  const share = (targets.findIndex((line) => line.to === to) + 0.5) / targets.length
  const [x0, y0] = from === "p" ? (narrow ? [x + share * side, y] : [x, y + share * side]) : element.ends.get(from).out
  const mx = (x0 + x1) / 2
  const my = (y0 + y1) / 2
  return narrow ? `M${x0} ${y0}C${x0} ${my} ${x1} ${my} ${x1} ${y1}` : `M${x0} ${y0}C${mx} ${y0} ${mx} ${y1} ${x1} ${y1}`
}

// The arrow keys go to the nearest neuron or digit that lies in their direction.
function walk(element, event) {
  const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
  const from = event.target.closest("button")
  if (!direction || !from) return
  event.preventDefault()
  const middle = (button) => {
    const box = button.getBoundingClientRect()
    return [box.left + Math.min(box.width, 40) / 2, box.top + Math.min(box.height, 40) / 2]
  }
  const [x, y] = middle(from)
  const far = (button) => {
    const [right, down] = [middle(button)[0] - x, middle(button)[1] - y]
    const along = right * direction[0] + down * direction[1]
    return along > 6 ? along + 3 * Math.abs(right * direction[1]) + 3 * Math.abs(down * direction[0]) : Infinity
  }
  const nearest = [...element.buttons.values()].reduce((best, button) => (far(button) < far(best) ? button : best), from)
  nearest.focus({ preventScroll: false })
}

// --- pointing ------------------------------------------------------------------------------------------------------------------

function point(element, key) {
  element.pointed = key
  const { data } = element
  const toDigit = (line) => data.digits.some((digit) => digit.key === line.to)
  const own = (line) => line.to === key || (line.from === key && (!toDigit(line) || line.to === data.answer))
  const beside = new Set([key])
  for (const line of element.lines) {
    const seen = key === null ? line.drawn : own(line)
    if (seen) beside.add(line.from).add(line.to)
    line.path.setAttribute("class", `${line.against ? "against" : "for"} ${seen ? "seen" : ""}`)
  }
  for (const [name, button] of element.buttons) {
    button.classList.toggle("aside", key !== null && !beside.has(name) && !button.matches(".digit"))
  }
  element.told.textContent = key === null ? data.words.hint : element.buttons.get(key).title
  const heat = data.heat.keys.indexOf(key)
  if (heat >= 0) cut(element.picture, data.heat, heat)
  else Object.assign(element.picture.style, { backgroundImage: `url(${data.picture.url})`, backgroundSize: "100% 100%", backgroundPosition: "0 0" })
}

function cut(node, sheet, index) {
  const part = (at, count) => (count > 1 ? (100 * at) / (count - 1) : 0) + "%"
  node.style.backgroundImage = `url(${sheet.url})`
  node.style.backgroundSize = `${100 * sheet.columns}% ${100 * sheet.rows}%`
  node.style.backgroundPosition = part(index % sheet.columns, sheet.columns) + " " + part(Math.floor(index / sheet.columns), sheet.rows)
}

// --- the sum -------------------------------------------------------------------------------------------------------------------

function choose(element, key) {
  element.shown = element.sent = key
  play(element, true)
  element.send(key)
}

// What the server says is shown, unless the visitor has chosen something since.
function follow(element, before) {
  const { data } = element
  if (element.sent !== null && element.sent !== data.shown && element.sent in data.sums) return refresh(element)
  element.sent = null
  const moved = element.shown !== data.shown
  element.shown = data.shown
  if (moved) play(element, before?.picture.url === data.picture.url)
  else refresh(element)
}

function refresh(element) {
  mark(element)
  if (JSON.stringify(element.data.sums[element.shown]) !== element.written) play(element, false)
}

function mark(element) {
  for (const [key, button] of element.buttons) button.setAttribute("aria-pressed", key === element.shown)
}

function play(element, moving) {
  halt(element)
  mark(element)
  const sum = element.data.sums[element.shown]
  element.written = JSON.stringify(sum)
  write(element, sum)
  if (!moving) return reveal(element, sum.steps.length + 1)
  reveal(element, 1)
  if (!stillness.matches) element.timer = setInterval(() => reveal(element, element.step + 1), STEP_MILLISECONDS)
}

function halt(element) {
  clearInterval(element.timer)
}

function write(element, sum) {
  element.title.textContent = sum.title
  element.work.replaceChildren()
  if (sum.heat) {
    const frame = make("div", "heat", element.work)
    frame.setAttribute("role", "img")
    frame.setAttribute("aria-label", element.data.words.heat)
    element.heat = make("i", "", frame)
    cut(element.heat, element.data.heat, element.data.heat.keys.indexOf(element.shown))
  } else element.heat = null
  const table = make("table", "", element.work)
  const head = table.createTHead().insertRow()
  for (const [index, name] of element.data.words.columns.entries()) {
    const cell = make("th", index === 4 ? "way" : "", head)
    cell.scope = "col"
    cell.textContent = name
  }
  const body = table.createTBody()
  for (const step of sum.steps) writeStep(body.insertRow(), step, sum.zero)
}

function writeStep(row, [name, product, added, total, , from, length, against], zero) {
  const head = make("th", "", row)
  head.scope = "row"
  head.textContent = name
  for (const text of [product, added, total]) row.insertCell().textContent = text
  const way = row.insertCell()
  way.className = "way"
  way.style.setProperty("--zero", zero + "%")
  const bar = make("i", "", way)
  bar.style.setProperty("--from", from + "%")
  bar.style.setProperty("--length", length + "%")
  row.dataset.against = against
}

// The first ``count`` steps are there; one more, and so is the end.
function reveal(element, count) {
  const { steps, end: ending, bands } = element.data.sums[element.shown] ?? {}
  if (!steps) return halt(element)
  element.step = count
  const done = count > steps.length
  if (done) halt(element)
  const rows = [...element.work.querySelectorAll("tbody tr")]
  rows.forEach((row, index) => {
    row.className = `${row.dataset.against === "true" ? "against" : ""} ${index >= count ? "later" : ""} ${!done && index === count - 1 ? "now" : ""}`
    if (index >= count) row.setAttribute("aria-hidden", "true")
    else row.removeAttribute("aria-hidden")
  })
  const source = done ? null : steps[count - 1][4]
  for (const [key, button] of element.buttons) button.classList.toggle("adding", key === source)
  if (element.heat) {
    const seen = done ? 28 : (bands[count - 1] ?? 28)
    element.heat.style.clipPath = `inset(0 0 ${100 * (1 - seen / 28)}% 0)`
  }
  element.end.textContent = done ? ending : ""
  element.balloon.textContent = done ? "" : `${steps[count - 1][2]} → ${steps[count - 1][3]}`
  placeBalloon(element)
  element.next.disabled = done
}
