"""Writes scores.json next to this script with sacrebleu.

    python -m venv .venv && .venv/bin/pip install sacrebleu==2.6.0
    .venv/bin/python generate.py

Each corpus has sentences (a hypothesis and its references) and, for each sentence and for all of
them together, and their scores by sacrebleu; each line has its tokens by 13a.
"""

import json
import pathlib
import random

import sacrebleu
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

folder = pathlib.Path(__file__).parent
tokenize = Tokenizer13a()

plain = [
    ("In the beginning God created the heaven and the earth.",
     ["In the beginning, God created the heavens and the earth."]),
    ("And God said, Let there be light: and there was light.",
     ["And God said, Let there be light: and there was light."]),
    ("the cat sat on on on the mat", ["The cat sat on the mat."]),
    ("A man a plan a canal", ["A man, a plan, a canal: Panama!"]),
    ("¿Qué es esto? Es una traducción.", ["¿Qué es eso? Es una buena traducción."]),
]

hostile = [
    ("", ["Something was expected here."]),
    ("Something where nothing was expected.", [""]),
    ("", [""]),
    (" \t ", ["a b c d"]),
    ("...!?", ["?!..."]),
    (".", ["."]),
    (",,,", [",,"]),
    ("word", ["word"]),
    ("wrong", ["right"]),
    ("One", ["one"]),
    ("It cost $1,234,567.89, or 1.5 times 3,000.", ["It cost $1,234,567.89 or 1.5 times 3.000."]),
    ("1. 2, .3 ,4 5.,6 7,.8 9.a a.9 9-9 a-a 3-a -3 3--4", ["1 . 2 , 3 , 4 5 6 7 8 9 a 9-9 3-a -3"]),
    ("&quot;Yes&quot; &amp;amp; &lt;b&gt;no&lt;/b&gt; &nbsp; &apos;", ["\"Yes\" &amp; <b>no</b> ' &"]),
    ("“Curly” ‘quotes’ — and – dashes… «done»", ["\"Curly\" 'quotes' - and - dashes... <<done>>"]),
    ("(a) [b] {c} <d> e/f g\\h i_j k|l m~n o^p q`r s'#t", ["(a)[b]{c}<d>e/f g\\h i_j k|l m~n o^p"]),
    ("don't can't 'quoted' it's''", ["don't cannot \"quoted\" it's"]),
    ("<skipped>text <skipped> more", ["text more"]),
    ("hyphen-\nated line\nbreaks", ["hyphenated line breaks"]),
    ("ends in hyphen-\n", ["ends in hyphen-"]),
    ("tab\tand\r\nreturn\x0bfeed\x0c", ["tab and return feed"]),
    ("separators\x1cone\x1dtwo\x1ethree\x1ffour\x85five", ["separators one two three four five"]),
    ("no\u00a0break\u2009thin\u3000wide\u200bzero\ufeffmark", ["no break thin wide zero mark"]),
    ("e\u0301tude café naïve", ["étude cafe\u0301 naïve"]),
    ("日本語の文です。", ["日本語の文章です。"]),
    ("Привет, мир! Как дела?", ["Привет мир! Как дела."]),
    ("👩‍👩‍👧 family 🇪🇸 flag 👍🏽", ["👩‍👩‍👧 families 🇪🇸 flag 👍"]),
    ("नमस्ते दुनिया ٣٫١٤ १,२३", ["नमस्ते, दुनिया ٣٫١٤ १,२३"]),
    ("zero\x00byte", ["zero byte"]),
    ("a a a a a a", ["a a"]),
    ("a b", ["a b c"]),
    ("a b c", ["a b c"]),
    ("!word word! (word) !! (hi) ''x''", ["! word word ! ( word ) !! ( hi ) '' x ''"]),
    ("trailing space   ", ["   leading space"]),
    ("x" * 40, ["x" * 39 + "y"]),
]

several = [
    ("the cat is on the mat", ["there is a cat on the mat", "the cat sits on the mat now"]),
    ("a b c d e", ["a b c", "a b c d e f g", "a b x d e"]),
    ("", ["", "a"]),
    ("one two three four", ["five six seven", "one two"]),
    ("two references", ["two references", "two references"]),
    ("of equal distance here", ["of equal", "of equal distance here at last"]),
]


def drawn(seed, count, vocabulary):
    """Sentences of random words, with references that differ from them in some words."""
    generator = random.Random(seed)
    sentences = []
    for _ in range(count):
        words = generator.choices(vocabulary, k=generator.randrange(1, 25))
        reference = [
            generator.choice(vocabulary) if generator.random() < 0.2 else word
            for word in words
            if generator.random() > 0.1
        ]
        sentences.append((" ".join(words), [" ".join(reference)]))
    return sentences


words = (
    "the and of to in that he shall unto for I his LORD they be is him not them it with all"
    " , . : ; 12 3,5"
)


def scores(metrics, sentences):
    hypotheses = [sentence[0] for sentence in sentences]
    most = max(len(sentence[1]) for sentence in sentences)
    # None marks a reference that a sentence lacks.
    references = [
        [sentence[1][index] if index < len(sentence[1]) else None for sentence in sentences]
        for index in range(most)
    ]
    result = {}
    for name, metric in metrics.items():
        score = metric.corpus_score(hypotheses, references)
        result[name] = score.score
        if name == "bleu":
            result["precisions"] = score.precisions
            result["brevity_penalty"] = score.bp
            result["hypothesis_length"] = score.sys_len
            result["reference_length"] = score.ref_len
    return result


metrics = {
    "bleu": BLEU(),
    "bleu_effective": BLEU(effective_order=True),
    "chrf": CHRF(),
    "chrf++": CHRF(word_order=2),
    "chrf_3_1_1": CHRF(char_order=3, word_order=1, beta=1),
}

corpora = {
    "plain": plain,
    "hostile": hostile,
    "several references": several,
    "drawn": drawn(1, 40, words.split()),
    "all short": [("a b", ["a b"]), ("c", ["c d"])],
    "nothing matches": [("a b c", ["d e f"]), ("g", ["h"])],
    "nothing said": [("", ["a b"]), ("", ["c"])],
    "shorter": [("a b c d e", ["a b c d e f g h i j"])],
}

document = {
    "sacrebleu": sacrebleu.__version__,
    "corpora": [
        {
            "name": name,
            "scores": scores(metrics, sentences),
            "sentences": [
                {
                    "hypothesis": hypothesis,
                    "references": references,
                    "tokens": tokenize(hypothesis.rstrip()).split(),
                    "scores": scores(metrics, [(hypothesis, references)]),
                }
                for hypothesis, references in sentences
            ],
        }
        for name, sentences in corpora.items()
    ],
}
text = json.dumps(document, ensure_ascii=True, indent=1)
(folder / "scores.json").write_text(text + "\n")
