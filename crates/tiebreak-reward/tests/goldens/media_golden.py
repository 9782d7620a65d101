"""Makes the golden values of the image and music packs apart from ONNX and from our own code: Pillow
and librosa prepare the files, and NumPy runs the published weights in 64-bit floats.

    python media_golden.py EFFICIENTNET.pth MTT_MUSICNN_FOLDER SAMPLE_DATA PACKS

writes images.json, clips.json and clip-44100.flac beside this file, and golden.json with its
golden.png or golden.flac into the folders of PACKS (assets/packs). Needs numpy, pillow, librosa,
resampy 0.2 and soundfile.
"""

import json
import pickle
import struct
import sys
from pathlib import Path

import librosa
import numpy as np
import resampy
import soundfile
from PIL import Image

HERE = Path(__file__).parent
PTH, CHECKPOINT, SAMPLES, PACKS = (Path(argument) for argument in sys.argv[1:5])
IMAGES = ["35-coarse.png", "38-fine.png", "01-fine.jpg", "37-coarse.webp"]
CLIPS = ["03-warm.flac", "08-warm.wav", "01-plain.ogg"]
# Every so many numbers of a tensor are frozen.
EVERY = 997


def rounded(values):
    return [float(f"{value:.7g}") for value in np.ravel(values)]


# ---- EfficientNet-lite0 ----


def read_torch(path):
    """The tensors of a file as PyTorch saved it before 1.6, without PyTorch."""
    storages = {}

    class Reader(pickle.Unpickler):
        def find_class(self, module, name):
            kinds = {
                ("collections", "OrderedDict"): dict,
                ("torch", "FloatStorage"): "<f4",
                ("torch", "LongStorage"): "<i8",
                ("torch._utils", "_rebuild_tensor_v2"): lambda *parts: parts[:4],
            }
            return kinds[module, name]

        def persistent_load(self, reference):
            _, kind, key, _, count, *_ = reference
            storages[key] = kind
            return key

    class State(dict):
        def __setstate__(self, state):
            pass

    with path.open("rb") as file:
        for _ in range(3):
            Reader(file).load()
        reader = Reader(file)
        found = reader.find_class
        reader.find_class = lambda m, n: State if n == "OrderedDict" else found(m, n)
        named, keys = reader.load(), Reader(file).load()
        data = {}
        for key in keys:
            (count,) = struct.unpack("<q", file.read(8))
            kind = np.dtype(storages[key])
            data[key] = np.frombuffer(file.read(count * kind.itemsize), kind)
    tensors = {}
    for name, (key, offset, shape, strides) in named.items():
        flat = data[key][offset:]
        view = np.lib.stride_tricks.as_strided(flat, shape, [s * flat.itemsize for s in strides])
        tensors[name] = view.astype(np.float64)
    return tensors


def conv(x, weight, stride, depthwise):
    """A convolution with TensorFlow's SAME padding; x is [channels, rows, columns]."""
    kernel = weight.shape[-1]
    places = -(-x.shape[1] // stride)
    margin = max((places - 1) * stride + kernel - x.shape[1], 0)
    x = np.pad(x, ((0, 0), *[(margin // 2, margin - margin // 2)] * 2))
    windows = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), (1, 2))
    windows = windows[:, ::stride, ::stride]
    if depthwise:
        return np.einsum("cyxij,cij->cyx", windows, weight[:, 0])
    channels, rows, columns = windows.shape[:3]
    flat = windows.transpose(1, 2, 0, 3, 4).reshape(rows * columns, -1)
    return (flat @ weight.reshape(len(weight), -1).T).T.reshape(-1, rows, columns)


def efficientnet(tensors, x):
    def step(x, name, norm, stride=1, active=True, depthwise=False):
        x = conv(x, tensors[f"{name}.weight"], stride, depthwise)
        parts = ("weight", "bias", "running_mean", "running_var")
        gamma, beta, mean, variance = (tensors[f"{norm}.{p}"][:, None, None] for p in parts)
        x = (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta
        return np.clip(x, 0, 6) if active else x

    x = step(x, "_conv_stem", "_bn0", 2)
    strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1]
    for number, stride in enumerate(strides):
        block, skip = f"_blocks.{number}.", x
        if number:
            x = step(x, f"{block}_expand_conv", f"{block}_bn0")
        x = step(x, f"{block}_depthwise_conv", f"{block}_bn1", stride, depthwise=True)
        x = step(x, f"{block}_project_conv", f"{block}_bn2", active=False)
        if stride == 1 and len(skip) == len(x):
            x = x + skip
    embedding = step(x, "_conv_head", "_bn1").mean((1, 2))
    return embedding, tensors["_fc.weight"] @ embedding + tensors["_fc.bias"]


def picture(path):
    """The tensor of a file: on white, the middle 7/8 of the shorter side, 224 x 224."""
    image = Image.open(path)
    if image.mode in ("RGBA", "LA", "P"):
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    image = image.convert("RGB")
    side = int(0.875 * min(image.size))
    left, top = ((length - side + 1) // 2 for length in image.size)
    image = image.resize((224, 224), Image.BICUBIC, (left, top, left + side, top + side))
    return (np.asarray(image, np.float64).transpose(2, 0, 1) - 127) / 128


def golden_picture(path):
    y, x = np.mgrid[0:240, 0:320]
    grain = np.random.default_rng(7).integers(0, 24, (240, 320))
    disc = ((x - 190) ** 2 + (y - 100) ** 2 < 70**2) * 90
    colours = [x * 200 // 320 + grain, y * 200 // 240 + disc // 2, 60 + disc + grain]
    Image.fromarray(np.stack(colours, -1).clip(0, 255).astype(np.uint8)).save(path)


def image_case(tensors, name, path):
    x = picture(path)
    embedding, logits = efficientnet(tensors, x)
    best = np.argsort(logits)[::-1][:5]
    case = {"file": name, "tensor": rounded(np.ravel(x)[::EVERY])}
    return case | {"embedding": rounded(embedding), "classes": best.tolist()}


# ---- musicnn ----


def read_bundle(folder):
    """The tensors of a TensorFlow checkpoint, without TensorFlow."""
    index = (folder / ".index").read_bytes()
    data = (folder / ".data-00000-of-00001").read_bytes()

    def varint(buffer, at):
        value = shift = 0
        while True:
            byte = buffer[at]
            at, value, shift = at + 1, value | (byte & 127) << shift, shift + 7
            if byte < 128:
                return value, at

    def block(at, size):
        content = index[at : at + size]
        end = size - 4 - 4 * struct.unpack("<I", content[-4:])[0]
        at, key = 0, b""
        while at < end:
            shared, at = varint(content, at)
            own, at = varint(content, at)
            length, at = varint(content, at)
            key = key[:shared] + content[at : at + own]
            yield key, content[at + own : at + own + length]
            at += own + length

    def fields(message):
        at = 0
        while at < len(message):
            tag, at = varint(message, at)
            if tag & 7 == 5:
                value, at = message[at : at + 4], at + 4
            elif tag & 7 == 2:
                size, at = varint(message, at)
                value, at = message[at : at + size], at + size
            else:
                value, at = varint(message, at)
            yield tag >> 3, value

    numbers, at = [], len(index) - 48
    for _ in range(4):
        number, at = varint(index, at)
        numbers.append(number)
    tensors = {}
    for _, handle in block(*numbers[2:]):
        start, at = varint(handle, 0)
        for name, entry in block(start, varint(handle, at)[0]):
            found = dict(fields(entry))
            if not name or found.get(1) != 1:
                continue
            shape = [dict(fields(dim))[1] for tag, dim in fields(found.get(2, b"")) if tag == 2]
            start = found.get(4, 0)
            flat = np.frombuffer(data[start : start + found[5]], "<f4")
            tensors[name.decode()] = flat.astype(np.float64).reshape(shape)
    return tensors


def musicnn(tensors, mel):
    """Tags and the layer before them for one patch [187, 96]."""
    numbers = {"batch_normalization": 0, "conv2d": 0}

    def layer(kind):
        number, numbers[kind] = numbers[kind], numbers[kind] + 1
        return kind if number == 0 else f"{kind}_{number}"

    def norm(x):
        name = layer("batch_normalization")
        parts = ("moving_mean", "moving_variance", "gamma", "beta")
        mean, variance, gamma, beta = (tensors[f"{name}/{part}"] for part in parts)
        return (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta

    def filters(x):
        """[frames, bands] to [frames, places, filters]; frames are padded."""
        name = layer("conv2d")
        kernel = tensors[f"{name}/kernel"][:, :, 0]
        frames = len(kernel)
        x = np.pad(x, (((frames - 1) // 2, frames // 2), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2])
        answer = np.tensordot(windows, kernel, ((2, 3), (0, 1))) + tensors[f"{name}/bias"]
        return norm(np.maximum(answer, 0))

    x = norm(mel[:, :, None])[:, :, 0]
    front = np.concatenate([filters(x).max(1) for _ in range(5)], 1)
    first = filters(front)[:, 0]
    second = filters(first)[:, 0] + first
    third = filters(second)[:, 0] + second
    every = np.concatenate([front, first, second, third], 1)
    flat = norm(np.stack([every.max(0), every.mean(0)], 1).ravel())
    inner = np.maximum(flat @ tensors["dense/kernel"] + tensors["dense/bias"], 0)
    embedding = norm(inner)
    logits = embedding @ tensors["dense_1/kernel"] + tensors["dense_1/bias"]
    return 1 / (1 + np.exp(-logits)), embedding


def spectrogram(path):
    """As librosa 0.7 with resampy 0.2, with which the model was published."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.T.mean(0)
    if rate != 16000:
        length = -(-len(mono) * 16000 // rate)
        mono = resampy.resample(mono, rate, 16000, filter="kaiser_best")
        mono = librosa.util.fix_length(mono, size=length)
    mel = librosa.feature.melspectrogram(
        y=mono, sr=16000, n_fft=512, hop_length=256, n_mels=96, pad_mode="reflect"
    )
    return np.log10(10000 * mel.T + 1)


def patches(mel):
    if len(mel) < 187:
        mel = np.concatenate([mel] * (187 // len(mel) + 1))[:187]
    return [mel[start : start + 187] for start in range(0, len(mel) - 186, 187)]


def golden_clip(path, rate, seconds, channels):
    """Chords with a beat and some noise."""
    t = np.arange(int(rate * seconds)) / rate
    noise = np.random.default_rng(11).normal(0, 1, (channels, len(t)))
    chord = sum(np.sin(2 * np.pi * hertz * t) / n for n, hertz in enumerate([196, 247, 294, 3520], 1))
    beat = np.exp(-8 * (t % 0.5)) * np.sin(2 * np.pi * 60 * t)
    sides = [0.12 * chord + 0.4 * beat + 0.02 * n * (t % 0.25 < 0.05) for n in noise]
    sides[-1] += 0.1 * np.sin(2 * np.pi * 6000 * t)
    soundfile.write(path, np.stack(sides, 1), rate, subtype="PCM_16")


def clip_case(tensors, name, path):
    mel = spectrogram(path)
    outputs = [musicnn(tensors, patch.astype(np.float64)) for patch in patches(mel)]
    tags, embedding = (np.mean(values, 0) for values in zip(*outputs, strict=True))
    case = {"file": name, "frames": len(mel), "mel": rounded(np.ravel(mel)[::EVERY])}
    return case | {"embedding": rounded(embedding), "tags": rounded(tags)}


def write(path, content):
    path.write_text(json.dumps({"made_by": Path(__file__).name} | content, indent=1) + "\n")
    print(path, path.stat().st_size)


def main():
    lite, folder = read_torch(PTH), PACKS / "efficientnet-lite0"
    golden_picture(folder / "golden.png")
    case = image_case(lite, "golden.png", folder / "golden.png")
    pack_case = {key: case[key] for key in ("file", "embedding")}
    write(folder / "golden.json", {"tolerance": 2e-4, "cases": [pack_case]})
    cases = [image_case(lite, name, SAMPLES / "images" / name) for name in IMAGES]
    write(HERE / "images.json", {"every": EVERY, "cases": cases})

    tags, folder = read_bundle(CHECKPOINT), PACKS / "musicnn"
    golden_clip(folder / "golden.flac", 16000, 6.1, 1)
    case = clip_case(tags, "golden.flac", folder / "golden.flac")
    pack_case = {"file": case["file"], "embedding": case["embedding"]}
    write(folder / "golden.json", {"tolerance": 2e-4, "cases": [pack_case]})
    golden_clip(HERE / "clip-44100.flac", 44100, 1.6, 2)
    cases = [case, clip_case(tags, "clip-44100.flac", HERE / "clip-44100.flac")]
    cases += [clip_case(tags, name, SAMPLES / "music" / name) for name in CLIPS]
    write(HERE / "clips.json", {"every": EVERY, "cases": cases})


main()
