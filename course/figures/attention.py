"""Attention weights of a translation: a row for each source word, a column for each character of the translation."""

from html import escape

from IPython.display import HTML
from numpy import ndarray

from course.figures.svg import output, rect, svg, text

LEFT, CELL, ROW, TOP = 92, 33, 27, 34  # width of the words, of a character; height of a word, of the characters
END = "end"  # written in place of the token <eos>


def attention_matrix(examples: dict[str, tuple[list[str], list[str], ndarray]]) -> HTML:
    """The figure of several translations; the reader chooses a sentence and a character of its translation.

    examples : dict   sentence → its words and endings (list of S), the characters (list of T) and weights (T, S), as
                      `Translator.attention` returns them
    """
    drawings, captions, data = [], [], []
    for sentence, (words, characters, weights) in examples.items():
        characters = [character.replace("<eos>", END) for character in characters]
        attended = [words[row.argmax()] for row in weights]
        most = ", ".join(f"{c} at {word}" for c, word in zip(characters, attended, strict=True))
        translation = "".join(characters).removesuffix(END)
        label = f"{sentence} {translation} Attention is largest for {most}."
        drawings.append(_drawing(words, characters, weights, label))
        captions.append(f"{sentence} {translation} Each character looked most at one word: {most}.")
        data.append([sentence, words, characters, [[round(float(w), 3) for w in row] for row in weights]])
    return output("attention", "".join(drawings), " ".join(captions), data)


def _drawing(words: list[str], characters: list[str], weights: ndarray, label: str) -> str:
    wide, tall = CELL * len(characters), ROW * len(words)
    parts = [text(LEFT - 8, TOP + ROW * s + 18, escape(word), "right word") for s, word in enumerate(words)]
    for t, (character, row) in enumerate(zip(characters, weights, strict=True)):
        x = LEFT + CELL * t
        cells = [
            rect(x + 1, TOP + ROW * s + 1, CELL - 2, ROW - 2, fill_opacity=f"{weight:.2f}")
            for s, weight in enumerate(row)
            if weight >= 0.005
        ]
        name = text(x + CELL / 2, TOP - 12, escape(character), "small" if character == END else "character")
        parts.append(f'<g class="column">{name}{"".join(cells)}</g>')
    parts += [text(LEFT + wide + 48, TOP + ROW * s + 18, "", "right number") for s in range(len(words))]
    parts += [rect(LEFT, TOP, wide, tall, "frame"), rect(LEFT, 2, CELL, TOP + tall + 2, "pick", rx="5")]
    parts.append(rect(LEFT, 0, wide, TOP + tall, "ring", rx="5"))
    return svg(LEFT + wide + 54, TOP + tall + 6, label, parts)
