import NNCore
import NNTraining
import Testing

@Suite("Config: problems and their positions")
struct ConfigProblemTests {
  @Test(
    "one wrong line of a small config",
    arguments: [
      (
        "  - relu", "  - conv2d: {out_channels: 1, kernl_size: 3}",
        [
          "c.yaml:4:5: conv2d needs `kernel_size` (an integer ≥ 1, or [height, width])",
          "c.yaml:4:31: conv2d has no option `kernl_size` (did you mean `kernel_size`?)",
        ]
      ),
      (
        "  - relu", "  - linear: abc",
        ["c.yaml:4:13: `out_features` expects an integer ≥ 1, gets \"abc\""]
      ),
      (
        "  - relu", "  - linear: 0",
        ["c.yaml:4:13: `out_features` expects an integer ≥ 1, gets 0"]
      ),
      (
        "  - relu", "  - linear: 2.5",
        ["c.yaml:4:13: `out_features` expects an integer ≥ 1, gets 2.5"]
      ),
      (
        "  - relu", "  - linear: 99999999999999999999",
        [
          "c.yaml:4:13: `out_features` expects an integer from 1 to 1099511627776, gets "
            + "99999999999999999999"
        ]
      ),
      (
        "  - relu", "  - linear: {out_features: 3, bias: maybe}",
        ["c.yaml:4:37: `bias` expects true or false, gets \"maybe\""]
      ),
      (
        "  - relu", "  - linear:",
        ["c.yaml:4:5: linear needs `out_features` (an integer ≥ 1 or `vocabulary`)"]
      ),
      (
        "  - relu", "  - linear: {in_features: 3, out_features: 4}",
        [
          "c.yaml:4:14: linear has no option `in_features`\n"
            + "  hint: the input determines it; leave it out"
        ]
      ),
      (
        "  - relu", "  - Conv2d: 3",
        ["c.yaml:4:5: unknown layer `Conv2d`\n  hint: did you mean `conv2d`?"]
      ),
      (
        "  - relu", "  - rellu",
        ["c.yaml:4:5: unknown layer `rellu`\n  hint: did you mean `relu`?"]
      ),
      (
        "  - relu", "  - relu: 3",
        ["c.yaml:4:11: relu takes no options, gets 3"]
      ),
      (
        "  - relu", "  - relu: {inplace: true}",
        ["c.yaml:4:12: relu has no option `inplace`\n  hint: relu takes no options"]
      ),
      (
        "  - relu", "  - {relu: , tanh: }",
        [
          "c.yaml:4:14: expects one layer, gets `relu` and `tanh`\n"
            + "  hint: write each layer as a separate entry, after a dash"
        ]
      ),
      (
        "  - relu", "  - {linear: 3, bias: false}",
        [
          "c.yaml:4:17: expects one layer, gets `linear` and `bias`\n"
            + "  hint: options go inside: linear: {bias: …}"
        ]
      ),
      (
        "  - relu", "  - {name: first}",
        ["c.yaml:4:5: expects a layer, such as `linear: 128` or `relu`, gets a mapping (`name`)"]
      ),
      (
        "  - relu", "  - {name: a.b, relu: }",
        ["c.yaml:4:12: a layer's `name` expects a word without dots, gets \"a.b\""]
      ),
      (
        "  - relu", "  - {name: 3, relu: }",
        ["c.yaml:4:12: layer 1 cannot be named `3`, which reads as an index"]
      ),
      (
        "  - relu", "  - [relu]",
        ["c.yaml:4:5: expects a layer, such as `linear: 128` or `relu`, gets [\"relu\"]"]
      ),
      (
        "  - relu", "  - residual: relu",
        [
          "c.yaml:4:15: `layers` expects a list of layers, gets \"relu\"\n"
            + "  hint: write each layer after a dash"
        ]
      ),
      (
        "  - relu", "  - residual: [relu, {linear: -1}]",
        ["c.yaml:4:31: `out_features` expects an integer ≥ 1, gets -1"]
      ),
      (
        "  - relu", "  - concat: {branches: [[relu], [tanhh]]}",
        ["c.yaml:4:34: unknown layer `tanhh`\n  hint: did you mean `tanh`?"]
      ),
      (
        "  - relu", "  - conv2d: {out_channels: 3, kernel_size: 3, groups: 2}",
        ["c.yaml:4:55: conv2d: `out_channels` (3) must be a multiple of `groups` (2)"]
      ),
      (
        "  - relu", "  - conv2d: {out_channels: 3, kernel_size: 3, padding: sane}",
        [
          "c.yaml:4:56: `padding` expects an integer ≥ 0, or [height, width], `same` or "
            + "`valid`, gets \"sane\""
        ]
      ),
      (
        "  - relu", "  - conv2d: {out_channels: 3, kernel_size: 3, padding: same, stride: 2}",
        ["c.yaml:4:56: conv2d: padding `same` needs stride 1"]
      ),
      (
        "  - relu", "  - max_pool2d: {kernel_size: 2, padding: 2}",
        ["c.yaml:4:43: max_pool2d: `padding` must be at most half of `kernel_size`"]
      ),
      (
        "  - relu", "  - gelu: tan",
        [
          "c.yaml:4:11: `approximate` expects `none` or `tanh`, gets \"tan\"\n"
            + "  hint: did you mean `tanh`?"
        ]
      ),
      (
        "  - relu", "  - dropout: 1.5",
        ["c.yaml:4:14: `p` expects a number from 0 to 1, gets 1.5"]
      ),
      (
        "  - relu", "  - dropout: .nan",
        ["c.yaml:4:14: `p` expects a number from 0 to 1, gets .nan"]
      ),
      (
        "  - relu", "  - linear: {out_features: 1, bias: false, bias_init: ones}",
        ["c.yaml:4:55: linear: `bias_init` has no bias to initialize; `bias` is false"]
      ),
      (
        "  - relu", "  - linear: {out_features: 1, weight_init: {xavier: 2}}",
        ["c.yaml:4:45: unknown initializer `xavier`\n  hint: did you mean `xavier_normal`?"]
      ),
      (
        "loss: cross_entropy", "loss: crossentropy",
        ["c.yaml:6:7: unknown loss `crossentropy`\n  hint: did you mean `cross_entropy`?"]
      ),
      (
        "loss: cross_entropy", "loss: {mse: {reduction: none}}",
        ["c.yaml:6:25: `reduction` expects `mean`, `sum` or `batchmean`, gets \"none\""]
      ),
      (
        "optimizer: adam", "optimizer: sgd",
        ["c.yaml:7:12: sgd needs `lr` (a number ≥ 0)"]
      ),
      (
        "optimizer: adam", "optimizer: {adam: {lr: -0.1, betas: [0.9]}}",
        [
          "c.yaml:7:24: `lr` expects a number ≥ 0, gets -0.1",
          "c.yaml:7:37: `betas` expects a list of two, each a number ≥ 0 and < 1, gets [0.9]",
        ]
      ),
      (
        "optimizer: adam", "optimizer: {sgd: {lr: 1, nesterov: true}}",
        ["c.yaml:7:36: sgd: `nesterov` needs `momentum` above 0 and `dampening` 0"]
      ),
      (
        "optimizer: adam", "optimizer: [adam, sgd]",
        [
          "c.yaml:7:12: expects an optimizer, such as `adam: {lr: 0.001}`, gets "
            + "[\"adam\", \"sgd\"]"
        ]
      ),
      (
        "data: {train: moons}", "data: {train: mons}",
        ["c.yaml:1:15: unknown data source `mons`\n  hint: did you mean `moons`?"]
      ),
      (
        "data: {train: moons}", "data: {train: {npz: a.npz, z: b}}",
        [
          "c.yaml:1:28: npz has no option `z`\n"
            + "  hint: options: npz, x, y, lengths, tokens, weights, inputs, targets, stream"
        ]
      ),
      (
        "data: {train: moons}", "data: {train: {idx: {images: a}}}",
        ["c.yaml:1:16: idx needs `labels` (a file's path)"]
      ),
      (
        "data: {train: moons}", "data: {train: {blobs: {samples: 2}}}",
        ["c.yaml:1:33: blobs: classes must lie between 1 and the 2 samples, not be 3"]
      ),
      (
        "data: {train: moons}", "data: {train: moons, validation: {split: 1}}",
        ["c.yaml:1:42: `split` expects a number > 0 and < 1, gets 1"]
      ),
      (
        "data: {train: moons}", "data: {train: moons, batch_size: 0, shufle: 1}",
        [
          "c.yaml:1:34: `batch_size` expects an integer ≥ 1, gets 0",
          "c.yaml:1:37: `data` has no option `shufle` (did you mean `shuffle`?)",
        ]
      ),
      (
        "data: {train: moons}", "data: {train: moons, normalize: {mean: [1, 2], std: 1}}",
        ["c.yaml:1:53: `normalize`: `mean` has 2 numbers and `std` has 1"]
      ),
      (
        "data: {train: moons}", "data: {train: moons, normalize: standart}",
        [
          "c.yaml:1:33: `normalize` expects `none`, `standard` or `min_max`, gets \"standart\"\n"
            + "  hint: did you mean `standard`?"
        ]
      ),
      (
        "data: {train: moons}", "data: 3",
        [
          "c.yaml:1:7: unknown data source `3`\n  hint: data sources: npz, npy, idx, csv, jsonl, arff, "
            + "libsvm, image_folder, text_folder, text, pairs, series, ts, "
            + "fashion-mnist, fashion-mnist-test, xor, and, or, circles, moons, spirals, blobs, "
            + "sine"
        ]
      ),
    ])
  func wrongLine(line: String, replacement: String, expected: [String]) {
    let text = complaint(about: changed(line, to: replacement))
    if expected.count == 1 {
      #expect(text == expected[0])
    } else {
      #expect(
        text
          == "c.yaml: \(expected.count) problems\n"
          + expected.map { "  \($0)" }.joined(separator: "\n"))
    }
  }

  @Test(
    "incompatible sections",
    arguments: [
      (
        ["early_stopping={}"],
        "--set early_stopping: early stopping monitors `val_loss`, and there is no validation\n"
          + "  hint: add `validation: {split: 0.1}` to `data`"
      ),
      (
        ["early_stopping={monitor: acuracy}", "metrics=[accuracy]", "data.validation=0.1"],
        "--set early_stopping: early stopping monitors `acuracy`, which is not computed\n"
          + "  hint: did you mean `accuracy`?"
      ),
      (
        ["early_stopping={monitor: confusion_matrix}", "metrics=[confusion_matrix]"],
        "--set early_stopping: early stopping monitors `confusion_matrix`, which is not computed\n"
          + "  hint: figures: train_loss"
      ),
      (
        ["metrics=[accuracy, rmse]"],
        "--set metrics: the metric `rmse` needs numbers, and the loss `cross_entropy` has "
          + "classes\n  hint: metrics for classes: accuracy, subset_accuracy, top_k, confusion_matrix, "
          + "perplexity, bits_per_token, bits_per_character, bleu, chrf"
      ),
      (
        ["metrics=[accuracy, accuracy]"],
        "--set metrics: the metric `accuracy` is listed twice"
      ),
      (["model=[]"], "--set model: `model` has no layers"),
      (["epochs=0"], "--set epochs: `epochs` expects an integer ≥ 1, gets 0"),
      (
        ["epochs=1000000000000000000"],
        "--set epochs: `epochs` expects an integer from 1 to 1000000000, gets 1000000000000000000"
      ),
      (["seed=-1"], "--set seed: `seed` expects an integer ≥ 0, gets -1"),
      (
        ["dtype=float16"],
        "--set dtype: `dtype` expects `float32` or `float64`, gets \"float16\"\n"
          + "  hint: did you mean `float32`?"
      ),
      (
        ["epoch=3"],
        "--set epoch: the config has no option `epoch`\n  hint: did you mean `epochs`?"
      ),
      (["clip_grad_norm=0"], "--set clip_grad_norm: `clip_grad_norm` expects a number > 0, gets 0"),
      (
        ["schedule={multi_step_lr: {milestones: [3, 3]}}"],
        "--set schedule: multi_step_lr: `milestones` must increase"
      ),
      (
        ["schedule={step_lr: {step_size: 1, interval: batch}}"],
        "--set schedule: `interval` expects `epoch` or `step`, gets \"batch\""
      ),
      (
        ["checkpoint={every: 1, interval: step, keep: 0}"],
        "--set checkpoint: `keep` expects an integer ≥ 1, gets 0"
      ),
      (
        ["early_stopping={patience: 1, monitor: train_loss, min_delta: -1}"],
        "--set early_stopping: `min_delta` expects a number ≥ 0, gets -1"
      ),
    ])
  func wrongTogether(overrides: [String], expected: String) {
    #expect(complaint(about: smallConfig, overrides: overrides) == expected)
  }

  @Test("everything that is missing is listed at once")
  func missing() {
    #expect(
      complaint(about: "epochs: 3") == """
        c.yaml: 4 problems
          c.yaml:1:1: the config needs `data` (a mapping)
          c.yaml:1:1: the config needs `model` (a list of layers, or a mapping with `layers`)
          c.yaml:1:1: the config needs `loss` (a loss, such as `cross_entropy` or `mse`, or a list of losses)
          c.yaml:1:1: the config needs `optimizer` (an optimizer, such as `adam: {lr: 0.001}`)
        """)
  }

  @Test(
    "texts that are not a config",
    arguments: [
      (
        "",
        "c.yaml:1:1: expects a mapping with `data`, `model`, `loss` and `optimizer`, gets nothing\n"
          + "  hint: a config names its data as data: {train: {csv: FILE, target: COLUMN}}"
      ),
      (
        "- a",
        "c.yaml:1:1: expects a mapping with `data`, `model`, `loss` and `optimizer`, gets [\"a\"]\n"
          + "  hint: a config names its data as data: {train: {csv: FILE, target: COLUMN}}"
      ),
      (
        "a: 1\nb: [1, 2",
        "c.yaml:3:1: not YAML: did not find expected ',' or ']', while parsing a flow sequence "
          + "that began at line 2"
      ),
      (
        "a:\n\tb: 1",
        "c.yaml:2:1: not YAML: found character that cannot start any token, while scanning for "
          + "the next token that began at line 2\n  hint: indent with spaces, not with tabs"
      ),
      (
        "a: b: c",
        "c.yaml:1:5: not YAML: mapping values are not allowed in this context\n"
          + "  hint: write each `key: value` on a line of its own, or within { } separated by "
          + "commas"
      ),
      ("a: 1\nb: 2\na: 3", "c.yaml:1:1: a mapping has more than one `a`\n  hint: keep one of them"),
      ("a: *b", "c.yaml:1:4: not YAML: found undefined alias"),
      ("[a]: 1", "c.yaml:1:1: a key must be a word, gets [\"a\"]"),
      (
        "a: 1\n---\nb: 2",
        "c.yaml:2:1: not YAML: but found another document, expected a single document in the "
          + "stream that began at line 1"
      ),
    ])
  func notYAML(text: String, expected: String) {
    #expect(complaint(about: text) == expected)
  }

  @Test("aliases that expand without end are rejected")
  func aliasBomb() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...8 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(
      complaint(about: text)?.hasSuffix("the document expands into more than 100,000 values")
        == true)
  }

  @Test("nesting without end is rejected")
  func deepNesting() {
    let text = String(repeating: "[", count: 100_000)
    #expect(complaint(about: text)?.hasPrefix("c.yaml") == true)
  }

  @Test("files")
  func files() {
    func complaint(_ path: String) -> String? {
      do throws(NNError) {
        _ = try Config(contentsOf: path)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(complaint("/nowhere/c.yaml") == "/nowhere/c.yaml: no such file")
    #expect(complaint("/") == "/: is a folder; expected a file")
  }
}
