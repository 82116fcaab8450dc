import NNCore
import NNData
import NNDrawing
import NNFormats
import NNTraining

/// A translator of dates and the weights of its decoder's attention to the text.
struct AttentionLesson: Lesson {
  static let name = "attention"
  static let title = "Attention: where a translator looks"
  static let summary = "Dates translated character by character, and the map of attention"
  static let drawsRunsWith: String? = "an encoder–decoder with attention, trained on pairs of texts"

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    report.paragraph(
      """
      An encoder reads a text, a decoder writes its translation, one token after another. With \
      attention the decoder looks back at the text before each token: it assigns a weight to every \
      position of the text, the weights add up to 1, and it reads the weighted mean.
      """)
    report.formula("context_t = Σ_s a_ts·h_s,   a_t = softmax(score(q_t, h_s)),   Σ_s a_ts = 1")
    if let folder = options.runFolder {
      try draw(folder, &report)
    } else {
      try learnDates(seed: options.seed, &report)
    }
  }

  // MARK: - Dates

  static let trainingPairs = 2000
  static let testPairs = 200
  static let shown = ["14 july 1989", "december 3, 2007", "9 nov 1938"]

  /// The config of the translator, which reads a file of pairs next to it.
  static func config(seed: UInt64) -> String {
    """
    name: dates
    seed: \(seed)
    data:
      train: {pairs: dates.tsv, level: char}
      batch_size: 50
    model:
      - encoder_decoder:
          encoder:
            - embedding: 32
            - gru: {hidden_size: 48, bidirectional: true}
          decoder:
            - embedding: 32
            - gru: {hidden_size: 48}
            - dot_attention: {general: true}
            - linear: 48
            - tanh
            - linear: vocabulary
    loss: cross_entropy
    optimizer: {adam: {lr: 0.005}}
    clip_grad_norm: 1
    epochs: 8
    """
  }

  private func learnDates(seed: UInt64, _ report: inout LessonReport) throws(NNError) {
    let model = try TemporaryFolder.use { (folder) throws(NNError) in
      let lines = DateTask.pairs(Self.trainingPairs, seed: seed, part: 0)
        .map { "\($0.text)\t\($0.translation)\n" }
      try AtomicFile.write(path: folder + "/dates.tsv", text: lines.joined(), isSynced: false)
      let run = RunFolder(folder + "/run")
      _ = try TrainingRun(
        config: Config(yaml: Self.config(seed: seed), folder: folder), folder: run
      ).run()
      return try TrainedModel(folder: run)
    }
    let test = DateTask.pairs(Self.testPairs, seed: seed, part: 1)
    let translations = try Translator(model, beamWidth: 1, textsAtOnce: 50)
      .translateAll(test.map(\.text))
    let right = zip(translations, test).filter { $0 == $1.translation }.count
    let exact = report.measure(
      "share of new dates translated exactly", Double(right) / Double(test.count))
    let translator = try Translator(model, beamWidth: 1)
    let focus = try Self.focus(of: translator, on: test.prefix(60))
    let (year, month, day) = (
      report.measure("weight of the year's digits on the year", focus.year),
      report.measure("weight of the month's digits on the month", focus.month),
      report.measure("weight of the day's digits on the day", focus.day)
    )
    var alignments: [Alignment] = []
    for text in Self.shown { alignments.append(try translator.alignment(of: text)) }
    report.measure(
      "largest distance of a row's sum from 1",
      alignments.flatMap(Self.rowSums).map { abs($0 - 1) }.max() ?? .infinity)
    report.paragraph(
      """
      Here a small one learns to write dates as files sort them, from \(Self.trainingPairs) \
      examples such as \(Self.shown[0]) and 1989-07-14. It is not given the position of the year \
      in the text, or the numbers of months. It translates \(exact.percent) of \(test.count) \
      new dates without an error.
      """)
    report.paragraph(
      """
      Its attention maps show how: a row for each character of the output, a column for each of \
      the input. The order of the parts is reversed, and so is the attention: for the year's \
      digits \(year.percent) of the weight is on the year, for the month's digits \
      \(month.percent) on the month and for the day's \(day.percent) on the day, on average over \
      60 dates. It need not attend to a whole word, nor to its middle: each position of the \
      encoder has information about its neighbours, so one letter can represent the month.
      """)
    show(alignments, &report)
  }

  /// The mean share of the weight that is on the matching part of the text.
  private static func focus(
    of translator: Translator, on pairs: ArraySlice<DateTask.Pair>
  ) throws(NNError) -> (year: Double, month: Double, day: Double) {
    var sums = [0.0, 0, 0]
    for pair in pairs {
      let alignment = try translator.alignment(of: pair.text, translation: pair.translation)
      let weights = alignment.layers[0].mean.doubles
      let columns = alignment.sourceTokens.count
      let parts = [
        (0..<4, pair.ranges.year), (5..<7, pair.ranges.month), (8..<10, pair.ranges.day),
      ]
      for (index, part) in parts.enumerated() {
        for row in part.0 {
          sums[index] +=
            part.1.reduce(0) { $0 + weights[row * columns + $1] } / Double(part.0.count)
        }
      }
    }
    let count = Double(pairs.count)
    return (sums[0] / count, sums[1] / count, sums[2] / count)
  }

  private static func rowSums(of alignment: Alignment) -> [Double] {
    alignment.layers.flatMap { layer in
      let (weights, columns) = (layer.mean.doubles, alignment.sourceTokens.count)
      return alignment.targetTokens.indices.map { row in
        weights[(row * columns)..<((row + 1) * columns)].reduce(0, +)
      }
    }
  }

  private func show(_ alignments: [Alignment], _ report: inout LessonReport) {
    for (index, alignment) in alignments.enumerated() {
      let text = alignment.sourceTokens.dropLast().joined()
      report.show(
        Figure(
          title: "Attention to the input for each output token",
          description: "A heat map of attention weights: rows are the tokens of "
            + "“\(alignment.translation)”, columns those of “\(text)”.",
          panels: [
            Plot(
              title: alignment.title, attentionTo: alignment.sourceTokens,
              by: alignment.targetTokens, weights: alignment.meanWeights())
          ]),
        name: "map-\(index + 1)", caption: alignment.title)
    }
  }

  // MARK: - Another run

  private func draw(_ folder: RunFolder, _ report: inout LessonReport) throws(NNError) {
    let model = try TrainedModel(folder: folder)
    let translator = try Translator(model)
    try translator.prepareAlignments()
    let config = try model.recordedConfig()
    let test = try config.makeTestSource()
    let train = try config.makeTrainSource()
    guard case .pairs(let pairs) = test ?? train else {
      throw .invalid(
        "the run was trained on \(model.sourceKind), which has no translations",
        at: folder.path, hint: "name a run that was trained on a source such as {pairs: a.tsv}")
    }
    let texts = try TextPairs(path: pairs.file).sources.prefix(500)
    var alignments: [Alignment] = []
    for text in texts.filter({ (20...60).contains($0.count) }).prefix(3) {
      alignments.append(try translator.alignment(of: text))
    }
    guard !alignments.isEmpty else {
      throw .invalid(
        "none of the first texts has 20 to 60 characters, which is what fits into a figure",
        at: pairs.file)
    }
    report.measure("texts", Double(alignments.count))
    report.paragraph(
      """
      These are texts of the run in \(folder.path) with its translations. Each figure is the \
      mean over heads and layers of the decoder's attention to the text.
      """)
    show(alignments, &report)
  }
}
