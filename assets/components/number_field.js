// Reads what is typed into number fields before Streamlit does, which takes "1,5" for 15, "abc" for the lowest number and "1e3" for 1;
// what cannot be used gives way to the last good value, and a sentence says so. Knows no field.
const FIELD = ".stNumberInput input"
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const LONGEST = 24

// A field of type "number" hides from everybody what was typed into it, and drops a comma without a word.
function open(field) {
  const [low, step] = [Number(field.min), Number(field.step)]
  field.type = "text"
  field.autocomplete = "off"
  field.spellcheck = false
  field.setAttribute("role", "spinbutton")
  field.setAttribute("aria-valuemin", field.min)
  field.setAttribute("aria-valuemax", field.max)
  // The keypads for numbers lack a minus on some telephones.
  if (low >= 0) field.inputMode = Number.isInteger(step) ? "numeric" : "decimal"
}

function openAll() {
  for (const field of document.querySelectorAll(`${FIELD}[type=number]`)) open(field)
}

// Full-width forms as a Chinese keyboard types them, and the minus sign of print.
function plain(text) {
  const narrow = text.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
  return narrow.replace(/\u3002/g, ".").replace(/\u2212/g, "-").trim()
}

function commaIsDecimal() {
  return new Intl.NumberFormat(navigator.language).format(1.5).includes(",")
}

// The number a text means, as text that Streamlit reads rightly; or the problem with it.
function read(text, field) {
  let typed = plain(text)
  if (!typed) return { problem: "nothing" }
  if (typed.includes(",")) {
    if (!/^[+-]?[\d.]*,[\d.,]*$/.test(typed)) return { problem: "unreadable" }
    if (!commaIsDecimal() || typed.includes(".") || typed.split(",").length > 2) return { problem: "comma" }
    typed = typed.replace(",", ".")
  }
  if (!NUMBER.test(typed)) return { problem: "unreadable" }
  const value = Number(typed)
  const [low, high] = [Number(field.getAttribute("min")), Number(field.getAttribute("max"))]
  if (Number.isFinite(value) && Number.isInteger(Number(field.step)) && !Number.isInteger(value)) return { problem: "not_whole" }
  if (!(value >= low && value <= high)) return { problem: "beyond" }
  return { text: String(value || 0) }
}

function write(instance, field, text) {
  instance.writing = true
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, text)
  field.dispatchEvent(new Event("input", { bubbles: true }))
  instance.writing = false
}

// The value a field holds, of which it shows the first digits only: the placeholder has all of them.
function exact(shown, field) {
  const [seen, whole] = [Number(shown), Number(field.placeholder)]
  const same = field.placeholder !== "" && Math.abs(seen - whole) <= 1e-3 * Math.abs(whole)
  return same ? field.placeholder : shown
}

// Streamlit takes what stands in a field on Enter and on leaving it; until then it shows no other value there.
function restore(instance, field) {
  write(instance, field, exact(instance.shown.get(field), field))
  instance.typed.delete(field)
  instance.writing = true
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }))
  instance.writing = false
}

// Whether what stands in the field can be used; if not, the last good value stands there afterwards.
function settle(instance, field) {
  if (!instance.typed.has(field)) return true
  const text = field.value
  const { problem, text: meant } = read(text, field)
  if (problem) {
    restore(instance, field)
    tell(instance, field, problem, text.trim())
    return false
  }
  instance.typed.delete(field)
  if (text !== meant) write(instance, field, meant)
  hide(instance)
  return true
}

function tell(instance, field, problem, text) {
  const letters = [...text]
  const blanks = {
    field: field.getAttribute("aria-label") ?? field.labels[0]?.textContent ?? "",
    typed: letters.length > LONGEST ? letters.slice(0, LONGEST).join("") + "…" : text,
    kept: instance.shown.get(field),
    low: String(Number(field.getAttribute("min"))),
    high: String(Number(field.getAttribute("max"))),
  }
  instance.told.textContent = instance.data.sentences[problem].replace(/\{(\w+)\}/g, (blank, name) => blanks[name] ?? blank)
  instance.field = field
  if (!instance.told.matches(":popover-open")) instance.told.showPopover()
  place(instance)
}

function place({ told, field }) {
  if (!field?.isConnected) return told.matches(":popover-open") && told.hidePopover()
  const box = field.closest("[data-testid=stNumberInputContainer]").getBoundingClientRect()
  const margin = 8
  told.style.left = Math.max(margin, Math.min(box.left, innerWidth - told.offsetWidth - margin)) + "px"
  const below = box.bottom + 4
  told.style.top = (below + told.offsetHeight > innerHeight ? box.top - told.offsetHeight - 4 : below) + "px"
}

function hide(instance) {
  instance.field = undefined
  if (instance.told.matches(":popover-open")) instance.told.hidePopover()
}

function pressed(instance, event) {
  if (instance.writing) return
  const field = event.target
  if (event.key === "Escape") {
    // Streamlit would empty the field.
    event.stopPropagation()
    if (instance.typed.has(field)) restore(instance, field)
    hide(instance)
  } else if (["Enter", "ArrowUp", "ArrowDown"].includes(event.key) && !event.isComposing && !settle(instance, field)) {
    event.stopPropagation()
    event.preventDefault()
  }
}

function listen(instance) {
  const { signal } = instance.ending
  const on = (name, act) =>
    document.addEventListener(name, (event) => !instance.held && event.target.matches?.(FIELD) && act(event), { signal, capture: true })
  const look = ({ target }) => instance.writing || instance.typed.has(target) || instance.shown.set(target, target.value)
  for (const name of ["focusin", "beforeinput", "keydown"]) on(name, look)
  on("input", ({ target }) => {
    if (instance.writing) return
    if (!instance.shown.has(target)) instance.shown.set(target, target.placeholder)
    instance.typed.add(target)
    hide(instance)
  })
  on("keydown", (event) => pressed(instance, event))
  on("focusout", ({ target }) => settle(instance, target))
  instance.told.addEventListener("click", () => hide(instance), { signal })
  document.addEventListener("scroll", () => instance.field && place(instance), { signal, capture: true, passive: true })
  window.addEventListener("resize", () => instance.field && place(instance), { signal })
}

function begin(root) {
  const told = document.createElement("p")
  Object.assign(told, { className: "number-told", popover: "manual" })
  told.setAttribute("role", "alert")
  root.append(told)
  const instance = {
    told,
    shown: new WeakMap(),
    typed: new WeakSet(),
    ending: new AbortController(),
    observer: new MutationObserver(openAll),
  }
  instance.observer.observe(document.body, { childList: true, subtree: true })
  listen(instance)
  return instance
}

function end(instance) {
  instance.observer.disconnect()
  instance.ending.abort()
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".number-fields")
  const instance = keep(root, () => begin(root), end)
  if (instance.data && JSON.stringify(instance.data) !== JSON.stringify(data)) hide(instance)
  instance.data = data
  openAll()
  return instance.cleanup
}
