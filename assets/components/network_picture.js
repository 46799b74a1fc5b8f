// Draws the layers of a network as columns of units and its strongest weights as lines between them; where it may, it lets one set the sizes
// of hidden layers, by buttons or by dragging a column; knows nothing of training.
const SVG = "http://www.w3.org/2000/svg"
const UNITS_LEAST = 10 // layers up to this size are drawn unit by unit
const UNITS_MOST = 28 // of the largest layer; the 784 pixels are drawn row by row
const LARGEST = 784
const DOUBLES_WITHIN = 40 // pixels of dragging that double a size
const SIDE = 46 // pixels left and right of the outer columns
const TOGETHER = 250 // milliseconds: several presses are one answer
// What was asked for is asked once more where it is not there after so many milliseconds, a few times: a busy server may have missed it.
const AGAIN = 3000
const TIMES = 5

// How many units are drawn of a layer, more of them the larger it is.
function drawnOf(size) {
  if (size <= UNITS_LEAST) return size
  const share = Math.log(size / UNITS_LEAST) / Math.log(LARGEST / UNITS_LEAST)
  return Math.round(UNITS_LEAST + (UNITS_MOST - UNITS_LEAST) * Math.min(share, 1))
}

// Where the units of a layer stand in a picture so high: the larger a layer, the longer its column.
function heightsOf(size, height) {
  const count = drawnOf(size)
  const column = (height - 8) * (0.35 + (0.65 * count) / UNITS_MOST)
  return Array.from({ length: count }, (_, index) => height / 2 + column * ((index + 0.5) / count - 0.5))
}

const make = (kind, attributes = {}) => {
  const node = document.createElementNS(SVG, kind)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  return node
}

// As many children of a kind as are needed; those that are there stay.
function fill(parent, count, kind) {
  while (parent.childNodes.length > count) parent.lastChild.remove()
  while (parent.childNodes.length < count) parent.appendChild(make(kind))
  return parent.childNodes
}

function begin(root) {
  const picture = make("svg", { role: "img" })
  const parts = Object.fromEntries(["web", "lines", "units", "grips"].map((name) => [name, picture.appendChild(make("g", { class: name }))]))
  const words = document.createElement("ul")
  const told = Object.assign(document.createElement("p"), { className: "told" })
  told.setAttribute("role", "status")
  root.append(picture, words, told)
  const element = { picture, words, told, ...parts, asked: {}, left: 0, drawn: "", resizes: new ResizeObserver(() => element.draw?.()) }
  element.resizes.observe(root)
  return element
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".network")
  const element = keep(root, () => begin(root), end)
  element.data = data
  element.ask = (layer, size) => {
    element.asked[layer] = size
    element.told.textContent = data.words.now.replace("{layer}", layer).replace("{size}", size)
    element.left = TIMES
    element.draw()
    clearTimeout(element.asking)
    element.asking = setTimeout(() => send(element), TOGETHER)
  }
  element.tell = (sizes) => setTriggerValue("resized", sizes)
  data.layers.forEach(({ size }, layer) => element.asked[layer] === size && delete element.asked[layer])
  element.draw = () => draw(root, element)
  element.draw()
  return element.cleanup
}

// Tell the sizes that were asked for and are not there; where they never come, the picture shows again what is.
function send(element) {
  const sizes = Object.entries(element.asked).map(([layer, size]) => ({ layer: Number(layer), size }))
  if (!sizes.length) return
  if (element.left-- > 0) {
    element.tell(sizes)
    element.asking = setTimeout(() => send(element), AGAIN)
  } else {
    element.asked = {}
    element.draw()
  }
}

function end(element) {
  clearTimeout(element.asking)
  element.resizes.disconnect()
}

const sizeOf = (element, layer) => element.asked[layer] ?? element.data.layers[layer].size

function draw(root, element) {
  const { data, picture } = element
  const width = root.clientWidth
  if (!width) return
  const sizes = data.layers.map((_, layer) => sizeOf(element, layer))
  const places = sizes.map((_, layer) => SIDE + ((width - 2 * SIDE) * layer) / (sizes.length - 1))
  const columns = sizes.map((size) => heightsOf(size, data.height))
  const { lines, ...rest } = data
  const drawn = JSON.stringify([sizes, width, rest])
  if (element.drawn !== drawn) {
    element.drawn = drawn
    picture.setAttribute("aria-label", data.label)
    picture.setAttribute("viewBox", `0 0 ${width} ${data.height}`)
    picture.style.height = data.height + "px"
    drawUnits(element, places, columns)
    drawWeb(element, places, columns)
    drawWords(element, sizes, places)
    drawGrips(element, places)
  }
  drawLines(element, sizes, places, columns)
  element.web.classList.toggle("behind", Boolean(lines))
}

function drawUnits(element, places, columns) {
  const all = columns.flatMap((heights, layer) => heights.map((y) => [places[layer], y, heights]))
  const circles = fill(element.units, all.length, "circle")
  all.forEach(([x, y, heights], index) => {
    const between = heights.length > 1 ? heights[1] - heights[0] : 20
    circles[index].setAttribute("cx", x.toFixed(1))
    circles[index].setAttribute("cy", y.toFixed(1))
    circles[index].setAttribute("r", Math.min(5, 0.4 * between).toFixed(1))
  })
}

// Every unit drawn with every one of the next layer.
function drawWeb(element, places, columns) {
  const paths = fill(element.web, places.length - 1, "path")
  for (let layer = 0; layer < places.length - 1; layer++) {
    const [from, to] = [places[layer], places[layer + 1]].map((place) => place.toFixed(1))
    const lines = columns[layer].flatMap((below) => columns[layer + 1].map((above) => `M${from} ${below.toFixed(1)}L${to} ${above.toFixed(1)}`))
    paths[layer].setAttribute("d", lines.join(""))
  }
}

// The strongest weights, each between the units in whose places its own units stand; the strongest above the others.
function drawLines(element, sizes, places, columns) {
  const all = (element.data.lines ?? []).flatMap((lines, layer) => lines.map((line) => [layer, ...line]).reverse())
  const nodes = fill(element.lines, all.length, "line")
  const place = (layer, unit) => columns[layer][Math.min(Math.floor((unit * columns[layer].length) / sizes[layer]), columns[layer].length - 1)]
  all.forEach(([layer, below, above, share], index) => {
    const strength = Math.abs(share) / 100
    const node = nodes[index]
    node.setAttribute("x1", places[layer].toFixed(1))
    node.setAttribute("y1", place(layer, below).toFixed(1))
    node.setAttribute("x2", places[layer + 1].toFixed(1))
    node.setAttribute("y2", place(layer + 1, above).toFixed(1))
    node.setAttribute("class", share < 0 ? "against" : "for")
    node.setAttribute("stroke-width", (0.4 + 1.8 * strength ** 2).toFixed(2))
    node.setAttribute("stroke-opacity", (0.3 + 0.7 * strength).toFixed(2))
  })
}

function drawWords(element, sizes, places) {
  const { data, words } = element
  const narrow = places[1] - places[0] < 84
  while (words.childNodes.length > sizes.length) words.lastChild.remove()
  while (words.childNodes.length < sizes.length) words.appendChild(document.createElement("li"))
  sizes.forEach((size, layer) => {
    const item = words.childNodes[layer]
    const hidden = layer > 0 && layer < sizes.length - 1
    const wanted = data.editable && hidden ? ["span", "button", "b", "button"] : ["span", "b"]
    const there = [...item.children].map((node) => node.localName)
    if (there.join() !== wanted.join()) item.replaceChildren(...wanted.map((kind) => document.createElement(kind)))
    item.style.left = places[layer] + "px"
    item.querySelector("span").textContent = narrow && hidden ? layer : data.layers[layer].name
    item.querySelector("b").textContent = size.toLocaleString("en")
    const [less, more] = item.querySelectorAll("button")
    if (!less) return
    prepare(element, less, "−", data.words.less, layer, Math.max(data.low, Math.ceil(size / data.step - 1) * data.step), size)
    prepare(element, more, "+", data.words.more, layer, Math.min(data.high, Math.floor(size / data.step + 1) * data.step), size)
  })
}

function prepare(element, button, sign, words, layer, next, size) {
  button.type = "button"
  button.textContent = sign
  button.setAttribute("aria-label", words.replace("{layer}", layer).replace("{size}", next))
  button.setAttribute("aria-disabled", next === size) // it keeps the focus
  button.onclick = () => next !== size && element.ask(layer, next)
}

// What a mouse or a pen drags: up makes a layer larger, down smaller. A finger scrolls the page, and has the buttons.
function drawGrips(element, places) {
  const { data } = element
  const layers = data.editable ? places.slice(1, -1) : []
  const grips = fill(element.grips, layers.length, "rect")
  layers.forEach((place, index) => {
    const grip = grips[index]
    const layer = index + 1
    for (const [name, value] of Object.entries({ x: place - 16, y: 0, width: 32, height: data.height, rx: 6 })) grip.setAttribute(name, value)
    grip.onpointerdown = (event) => {
      if (event.pointerType === "touch" || event.button !== 0) return
      event.preventDefault()
      grip.setPointerCapture(event.pointerId)
      const begun = { y: event.clientY, size: sizeOf(element, layer) }
      grip.onpointermove = ({ clientY }) => {
        const wanted = begun.size * 2 ** ((begun.y - clientY) / DOUBLES_WITHIN)
        const size = Math.min(Math.max(Math.round(wanted / data.step) * data.step, data.low), data.high)
        if (size !== sizeOf(element, layer)) element.ask(layer, size)
      }
      grip.onpointerup = grip.onpointercancel = () => (grip.onpointermove = null)
    }
  })
}
