--- What models cost: dollars a million tokens, by what the tokens are of, and a minute of audio
--- where a model is paid by time. The prices OpenAI published in November 2025; an app's own
--- `price` goes before them.
return {
  ["gpt-realtime"] = {
    text = { input = 4, cached = 0.4, output = 16 },
    audio = { input = 32, cached = 0.4, output = 64 },
    image = { input = 5, cached = 0.5 },
  },
  ["gpt-realtime-mini"] = {
    text = { input = 0.6, cached = 0.06, output = 2.4 },
    audio = { input = 10, cached = 0.3, output = 20 },
    image = { input = 0.8, cached = 0.08 },
  },
  ["gpt-4o-realtime-preview"] = {
    text = { input = 5, cached = 2.5, output = 20 },
    audio = { input = 40, cached = 2.5, output = 80 },
  },
  ["gpt-4o-mini-realtime-preview"] = {
    text = { input = 0.6, cached = 0.3, output = 2.4 },
    audio = { input = 10, cached = 0.3, output = 20 },
  },
  ["gpt-4o-transcribe"] = {
    text = { input = 2.5, output = 10 }, audio = { input = 6 }, minute = 0.006,
  },
  ["gpt-4o-mini-transcribe"] = {
    text = { input = 1.25, output = 5 }, audio = { input = 3 }, minute = 0.003,
  },
  ["whisper-1"] = { minute = 0.006 },
}
