// Plays curves as tones: a higher value is a higher tone, the first curve a soft voice on the left, the second a brighter one on the right;
// one chart at a time. Knows nothing of what the curves are.
const LOWEST = 220 // hertz, of the foot of the axis; its top is two octaves above
const OCTAVES = 2
const TONE_SECONDS = 4
const SPEEDS = [1, 2, 0.5]
const VOICES = [["sine", -0.6, 0.22], ["triangle", 0.6, 0.14]]
let tone = null

// Plays ({x, y} of each curve) over the ranges of the axes, and calls ended once, however it ends.
function playTone(curves, xRange, yRange, speed, ended) {
  stopTone()
  const context = new AudioContext()
  const seconds = TONE_SECONDS / speed
  const begin = context.currentTime + 0.05
  const time = (x) => begin + (seconds * (x - xRange[0])) / (xRange[1] - xRange[0] || 1)
  const pitch = (y) => LOWEST * 2 ** (OCTAVES * Math.min(Math.max((y - yRange[0]) / (yRange[1] - yRange[0] || 1), 0), 1))
  curves.slice(0, VOICES.length).forEach(({ x, y }, number) => {
    const [shape, side, loudness] = VOICES[number]
    const voice = new OscillatorNode(context, { type: shape, frequency: pitch(y[0]) })
    const gain = new GainNode(context, { gain: 0 })
    voice.connect(gain).connect(new StereoPannerNode(context, { pan: side })).connect(context.destination)
    gain.gain.setValueAtTime(0, time(x[0]))
    gain.gain.linearRampToValueAtTime(loudness, time(x[0]) + 0.04)
    voice.frequency.setValueAtTime(pitch(y[0]), time(x[0]))
    for (let place = 1; place < x.length; place++) voice.frequency.linearRampToValueAtTime(pitch(y[place]), time(x[place]))
    const last = Math.max(time(x.at(-1)), time(x[0]) + 0.2)
    gain.gain.setValueAtTime(loudness, last)
    gain.gain.linearRampToValueAtTime(0, last + 0.06)
    voice.start(begin)
    voice.stop(last + 0.1)
  })
  const timer = setTimeout(stopTone, (seconds + 0.4) * 1000)
  tone = { context, timer, ended }
  window.addEventListener("keydown", silence, { capture: true })
}

function stopTone() {
  if (!tone) return
  const { context, timer, ended } = tone
  tone = null
  clearTimeout(timer)
  window.removeEventListener("keydown", silence, { capture: true })
  context.close()
  ended()
}

function silence(event) {
  if (event.key === "Escape") stopTone()
}
