"""caller.py - type to a served agent through the official SDK, and see both sides.

pip install 'openai[realtime]' && python3 caller.py ws://127.0.0.1:8080/v1 hello
"""
import asyncio
import base64
import os
import sys

from openai import AsyncOpenAI


async def listen(call):
    """Prints what the agent says, and how long it sounds."""
    sound = 0
    async for event in call:
        if event.type == "response.output_audio.delta":
            sound += len(base64.b64decode(event.delta))
        elif event.type == "response.output_audio_transcript.done":
            print(f"agent: {event.transcript} ({sound / 48000:.1f} s of sound)", flush=True)
            sound = 0
        elif event.type == "error":
            print(f"error: {event.error.message}", file=sys.stderr)


async def talk(call):
    while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
        await call.conversation.item.create(item={
            "type": "message", "role": "user", "content": [{"type": "input_text", "text": line}]})
        await call.response.create()
    await asyncio.sleep(3)  # the last answer may still come


async def main(address="ws://127.0.0.1:8080/v1", app="hello"):
    client = AsyncOpenAI(api_key=os.environ.get("MYNA_KEY", "none"), websocket_base_url=address)
    async with client.realtime.connect(model=app) as call:
        listening = asyncio.create_task(listen(call))
        await talk(call)
        listening.cancel()


asyncio.run(main(*sys.argv[1:3]))
