"""The usual recipe for images and clips: one file after the other, then batches of 32 through the
session with default options. PACK FILES OUT, where FILES is a JSON list."""

import json
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime

BATCH = 32


def picture(path):
    from PIL import Image

    image = Image.open(path).convert("RGB")
    side = int(0.875 * min(image.size))
    left, top = ((length - side + 1) // 2 for length in image.size)
    image = image.resize((224, 224), Image.BICUBIC, (left, top, left + side, top + side))
    return [(np.asarray(image, np.float32).transpose(2, 0, 1) - 127) / 128]


def patches(path):
    import librosa

    samples, _ = librosa.load(path, sr=16000)
    mel = librosa.feature.melspectrogram(
        y=samples, sr=16000, n_fft=512, hop_length=256, n_mels=96, pad_mode="reflect"
    )
    mel = np.log10(10000 * mel.T + 1)[: 187 * 20]
    return [mel[start : start + 187] for start in range(0, len(mel) - 186, 187)]


def embed(session, prepare, files):
    rows, owners = [], []
    for number, file in enumerate(files):
        prepared = prepare(file)
        rows += prepared
        owners += [number] * len(prepared)
    name = session.get_inputs()[0].name
    outputs = []
    for start in range(0, len(rows), BATCH):
        batch = np.stack(rows[start : start + BATCH]).astype(np.float32)
        outputs.append(session.run(["embedding"], {name: batch})[0])
    outputs, owners = np.concatenate(outputs), np.array(owners)
    return np.stack([outputs[owners == number].mean(0) for number in range(len(files))])


folder, files, out = sys.argv[1:]
session = onnxruntime.InferenceSession(f"{folder}/model.onnx", providers=["CPUExecutionProvider"])
prepare = patches if session.get_inputs()[0].name == "mel" else picture
files = json.loads(Path(files).read_text("utf-8"))
embed(session, prepare, files[:2])
start = time.perf_counter()
embeddings = embed(session, prepare, files)
seconds = time.perf_counter() - start
np.asarray(embeddings, "<f4").tofile(out)
print(json.dumps({"seconds": seconds, "version": onnxruntime.__version__}))
