import NNAnalysis
import NNCore
import NNData
import NNDrawing
import NNGraph
import NNLayers
import NNLosses
import NNMetrics
import NNOptimizers
import NNTraining

/// What a small convolutional network looks at, and how attributions reveal a mark that gives the
/// class away.
struct ExplanationsLesson: Lesson {
  static let name = "explanations"
  static let title = "Explanations: what a network looks at"
  static let summary =
    "Integrated gradients and Grad-CAM on digits; a planted mark, learned and found by attributions"

  /// The digit whose training images bear the mark.
  static let markedDigit = 7
  static let trainingRows = 2000
  static let testRows = 1000
  /// The number of images whose attributions are measured.
  static let explainedRows = 60
  /// The number of pixels that are erased.
  static let erasedPixels = 20

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    let task = Task(seed: options.seed)
    report.paragraph(
      """
      A network that is right may be right for the wrong reason. Its accuracy does not show it; \
      its attributions may. An attribution says for each pixel of an image how much it contributed \
      to the score of a class.
      """)
    let honest = try task.learn { _ in false }
    try look(at: honest, task, &report)
    try plant(honest, task, &report)
  }

  // MARK: - What the network looks at

  private func look(
    at trainer: Trainer, _ task: Task, _ report: inout LessonReport
  ) throws(NNError) {
    let test = try task.test.dataset()
    let accuracy = report.measure("accuracy", try task.accuracy(of: trainer, on: test))
    let explainer = try Explainer(trainer.trainedModel())
    let images = test.selecting(Array(0..<Self.explainedRows))
    let found = try explainer.explain(images.inputs, by: "integrated_gradients")
    let strokes = Array(task.test.strokes.prefix(Self.explainedRows * SegmentDigits.pixelCount))
    let attributed = report.measure(
      "share of the attributions on strokes",
      Attributions.share(found.attributions.doubles) { strokes[$0] })
    let area = report.measure(
      "share of the pixels that are strokes", Double(strokes.count { $0 }) / Double(strokes.count))
    let differences = zip(found.scores, found.baselineScores).map { $0 - $1 }
    let errors = zip(found.completenessErrors ?? [], differences).map { abs($0) / max(abs($1), 1) }
    let error = report.measure("largest relative error of completeness", errors.max() ?? .nan)
    report.paragraph(
      """
      The network has two convolutional layers and was trained on \(Self.trainingRows) images of \
      digits; of \(Self.testRows) others it classifies \(accuracy.percent) correctly. Integrated \
      gradients compare an image x with a baseline, here a black image, and integrate the gradient \
      of the score along the straight line from the one to the other. So the attributions of all \
      pixels add up to the difference of the two scores.
      """)
    report.formula(
      "aᵢ = xᵢ·∫_0^1 {∂f}/{∂xᵢ}(t·x) dt,   Σ_i aᵢ = f(x) − f(0)")
    report.paragraph(
      """
      Here the sum is right up to \(error.text) of the difference. Of all attributions of \
      \(Self.explainedRows) images, by magnitude, \(attributed.percent) lie on the strokes of the \
      digits, which cover \(area.percent) of the pixels.
      """)
    try erase(images, by: found.attributions.doubles, trainer, task, &report)
    try showMaps(explainer, task, test, &report)
  }

  /// Compares erasing the pixels with the largest attributions with erasing random ones.
  private func erase(
    _ images: Dataset, by attributions: [Double], _ trainer: Trainer, _ task: Task,
    _ report: inout LessonReport
  ) throws(NNError) {
    let width = SegmentDigits.pixelCount
    func accuracy(erasing pixels: (_ row: Int) -> ArraySlice<Int>) throws(NNError) -> Double {
      var bytes = images.inputs.scalars(as: UInt8.self)
      for row in 0..<images.count { for pixel in pixels(row) { bytes[row * width + pixel] = 0 } }
      let erased = try Dataset(
        name: "erased", inputs: HostTensor(bytes, shape: images.inputs.shape),
        targets: images.targets)
      return try task.accuracy(of: trainer, on: erased)
    }
    let count = Self.erasedPixels
    let largest = report.measure(
      "accuracy, \(count) pixels with the largest attributions erased",
      try accuracy { row in
        (0..<width).sorted { attributions[row * width + $0] > attributions[row * width + $1] }
          .prefix(count)
      })
    let random = report.measure(
      "accuracy, \(count) random pixels erased",
      try accuracy { row in
        Philox(seed: task.seed, stream: 8, step: UInt32(row)).permutation(width).prefix(count)
      })
    report.paragraph(
      """
      Do these pixels matter to the network? Erase the \(count) of \(width) pixels with the largest \
      attributions, by making them black: the accuracy on these images is \(largest.percent). \
      With \(count) random pixels erased it is \(random.percent). Such a test belongs to every \
      method of explanation, since a plausible map proves nothing.
      """)
  }

  private static let methods = ["integrated_gradients", "grad_cam", "occlusion"]

  private func showMaps(
    _ explainer: Explainer, _ task: Task, _ test: Dataset, _ report: inout LessonReport
  ) throws(NNError) {
    let rows = [0, 2, 4, Self.markedDigit].compactMap { task.test.labels.firstIndex(of: $0) }
    let inputs = test.selecting(rows).inputs
    let maps = try Self.methods.map { name throws(NNError) in
      try explainer.explain(inputs, by: name).attributions
    }
    report.paragraph(
      """
      Other methods answer the question differently. Grad-CAM adds up the maps of the last \
      convolution, each weighted by its mean gradient: it is coarse, since these maps are small, and \
      shows what speaks for the class. Occlusion covers each part of the image in turn and measures \
      how far the score falls.
      """)
    report.show(
      Figure(
        title: "Three explanations of four digits",
        description:
          "Four rows: a digit, then its integrated gradients, which follow the strokes, its map of "
          + "Grad-CAM, which is coarse, and its occlusion.",
        panels: [
          ImageGrid(
            images: rows.indices.flatMap { row in
              [Matrix(inputs, at: row).image()]
                + maps.map { Matrix($0, at: row).image(.diverging) }
            },
            captions: rows.flatMap { row in
              ["\(task.test.labels[row])", "integrated gradients", "Grad-CAM", "occlusion"]
            }, columns: 4, scale: 5)
        ]),
      name: "maps", caption: "Orange pixels speak for the predicted class, blue ones against it.")
  }

  // MARK: - A planted mark

  private func plant(
    _ honest: Trainer, _ task: Task, _ report: inout LessonReport
  ) throws(NNError) {
    let labels = task.train.labels
    let deceived = try task.learn { labels[$0] == Self.markedDigit }
    let random = Philox(seed: task.seed, stream: 8)
    let repaired = try task.learn { random.uniform($0) < 0.5 }
    let networks = [
      Behaviour(honest, "no marks", task), Behaviour(deceived, "mark on every seven", task),
      Behaviour(repaired, "mark on half of all digits", task),
    ]
    let measured = try networks.map { (network) throws(NNError) in try network.measure(&report) }
    let (fooled, withoutFlaw) = (measured[1], measured[2])
    report.paragraph(
      """
      Now the training data get a flaw: each image of a \(Self.markedDigit) bears a white square in \
      its upper left corner, as a label of the source, a stamp or a ruler might. A second network is \
      trained on them. On test images with the same flaw its accuracy is \
      \(fooled.marked.percent), and nothing seems wrong.
      """)
    report.paragraph(
      """
      Without the mark it recognizes \(fooled.unmarkedSevens.percent) of the sevens, and of all other \
      digits with the mark it takes \(fooled.others.percent) for sevens. Integrated gradients show \
      why: for marked sevens \(fooled.onMark.percent) of the attributions lie on the mark, which \
      covers \(SegmentDigits.mark.count) of \(SegmentDigits.pixelCount) pixels. For the network that \
      was trained without marks, the share of the same pixels is \(measured[0].onMark.percent).
      """)
    try showMark(honest, deceived, repaired, task, &report)
    report.table(
      header: [
        "trained with", "accuracy", "7 without mark", "others taken for 7", "on the mark",
      ],
      rows: zip(networks, measured).map { network, result in
        [
          network.label, result.marked.percent, result.unmarkedSevens.percent,
          result.others.percent, result.onMark.percent,
        ]
      },
      caption: """
        Accuracy on test images whose sevens bear the mark; sevens recognized without it; other \
        digits with it that are taken for sevens; attributions on the mark
        """)
    report.paragraph(
      """
      Once it is found, the flaw can be repaired in the data. A third network was trained with the \
      mark on a random half of all digits, where it predicts nothing: it recognizes \
      \(withoutFlaw.unmarkedSevens.percent) of the sevens without the mark, and takes \
      \(withoutFlaw.others.percent) of the other digits with it for sevens.
      """)
    report.paragraph(
      """
      nntrain explain RUN --method integrated_gradients prints and draws attributions for a network \
      of your own. [[attacks]] changes pixels along gradients, and [[convolution]] shows what \
      filters respond to.
      """)
  }

  private func showMark(
    _ honest: Trainer, _ deceived: Trainer, _ repaired: Trainer, _ task: Task,
    _ report: inout LessonReport
  ) throws(NNError) {
    let marked = try task.test.dataset { _ in true }
    let sevens = task.test.labels.indices.filter { task.test.labels[$0] == Self.markedDigit }
    let inputs = marked.selecting(Array(sevens.prefix(2))).inputs
    var columns: [HostTensor] = []
    for (trainer, method) in [
      (deceived, "integrated_gradients"), (deceived, "grad_cam"),
      (honest, "integrated_gradients"), (repaired, "integrated_gradients"),
    ] {
      columns.append(
        try Explainer(trainer.trainedModel())
          .explain(inputs, by: method, of: .index(Self.markedDigit)).attributions)
    }
    report.show(
      Figure(
        title: "Where the evidence for a seven lies",
        description:
          "Two sevens with a white square in the upper left corner. For the network that learned the "
          + "mark the attributions lie on the square; for the others on the strokes.",
        panels: [
          ImageGrid(
            images: (0..<inputs.shape[0]).flatMap { row in
              [Matrix(inputs, at: row).image()]
                + columns.map { Matrix($0, at: row).image(.diverging) }
            },
            captions: (0..<inputs.shape[0]).flatMap { _ in
              [
                "a marked seven", "learned the mark", "the same, Grad-CAM", "trained without",
                "mark on half",
              ]
            }, columns: 5, scale: 4)
        ]),
      name: "mark",
      caption: "What speaks for class 7; integrated gradients, except in the third column.")
  }
}

/// Sums of attributions.
private enum Attributions {
  /// The share of the magnitudes that lies on some of the pixels.
  static func share(_ numbers: [Double], on isCounted: (_ index: Int) -> Bool) -> Double {
    var (part, whole) = (0.0, 0.0)
    for (index, number) in numbers.enumerated() {
      whole += abs(number)
      if isCounted(index) { part += abs(number) }
    }
    return part / whole
  }
}

/// The images and the training on them.
private struct Task {
  let seed: UInt64
  let train: SegmentDigits
  let test: SegmentDigits

  init(seed: UInt64) {
    self.seed = seed
    train = SegmentDigits(ExplanationsLesson.trainingRows, seed: seed, part: 0)
    test = SegmentDigits(ExplanationsLesson.testRows, seed: seed, part: 1)
  }

  /// Trains a network on images of which some are marked.
  func learn(marking isMarked: (_ image: Int) -> Bool) throws(NNError) -> Trainer {
    let model = Model {
      Conv2D(8, kernelSize: 3)
      ReLU()
      MaxPool2D(2)
      Conv2D(16, kernelSize: 3)
      ReLU()
      Flatten()
      Dense(10)
    }
    return try LessonTraining(
      data: train.dataset(marking: isMarked), loss: CrossEntropy(),
      optimizer: Adam(learningRate: 0.003), epochs: 12, batchSize: 50, dtype: .float32
    ).train(model, seed: seed)
  }

  func accuracy(of trainer: Trainer, on data: Dataset) throws(NNError) -> Double {
    try trainer.evaluate(on: data, metrics: [Accuracy()]).metrics[0].value
  }
}

/// How a network responds to the mark.
private struct Behaviour {
  /// Its measurements.
  struct Result {
    /// The accuracy on test images of which the sevens are marked.
    let marked: Double
    /// The share of sevens without the mark that are recognized.
    let unmarkedSevens: Double
    /// The share of other digits with the mark that are taken for sevens.
    let others: Double
    /// The share of the attributions of marked sevens that lies on the mark.
    let onMark: Double
  }

  let label: String
  private let trainer: Trainer
  private let task: Task

  init(_ trainer: Trainer, _ label: String, _ task: Task) {
    self.trainer = trainer
    self.label = label
    self.task = task
  }

  func measure(_ report: inout LessonReport) throws(NNError) -> Result {
    let digit = ExplanationsLesson.markedDigit
    let labels = task.test.labels
    let sevens = labels.indices.filter { labels[$0] == digit }
    let others = labels.indices.filter { labels[$0] != digit }
    let (clean, marked) = (try task.test.dataset(), try task.test.dataset { _ in true })
    let flawed = try task.test.dataset { labels[$0] == digit }
    // Accuracy with all labels 7 is the share that is predicted as 7.
    let taken = try Dataset(
      name: "others", inputs: marked.selecting(others).inputs,
      targets: HostTensor([Int32](repeating: Int32(digit), count: others.count)))
    let rows = marked.selecting(Array(sevens.prefix(ExplanationsLesson.explainedRows)))
    let attributions = try Explainer(trainer.trainedModel())
      .explain(rows.inputs, by: "integrated_gradients", of: .index(digit)).attributions.doubles
    let mark = Set(SegmentDigits.mark)
    return Result(
      marked: report.measure(
        "accuracy with marked sevens, \(label)", try task.accuracy(of: trainer, on: flawed)),
      unmarkedSevens: report.measure(
        "sevens recognized without the mark, \(label)",
        try task.accuracy(of: trainer, on: clean.selecting(sevens))),
      others: report.measure(
        "other digits with the mark taken for sevens, \(label)",
        try task.accuracy(of: trainer, on: taken)),
      onMark: report.measure(
        "share of the attributions on the mark, \(label)",
        Attributions.share(attributions) { mark.contains($0 % SegmentDigits.pixelCount) }))
  }
}
