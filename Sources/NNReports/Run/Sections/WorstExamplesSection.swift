import NNCore
import NNData
import NNDrawing
import NNText
import NNTraining

/// The examples whose true class has the lowest predicted probability: shown as images where inputs
/// are images, as texts where they are texts, else as numbers.
struct WorstExamplesSection: ReportSection {
  static let title = "Worst examples"

  private static let imageCount = 32
  /// Pixels of an image's longer side, at the size at which it is shown.
  private static let largestSide = 112
  private static let rowCount = 12
  /// The maximum number of features that a table shows.
  private static let largestRow = 12
  /// The maximum number of characters of a text.
  private static let largestText = 200

  private struct Example {
    let row: Int
    let label: String
    let predicted: String
    let probability: Double
  }

  private let examples: [Example]
  private let images: [RasterImage]?
  /// The texts of the examples; nil if inputs are no texts.
  private let texts: [String]?
  /// The inputs of the examples, if they are neither images nor texts.
  private let numbers: [Double]
  /// Their categories in embedded columns next to these numbers.
  private let categories: [(name: String, texts: [String])]
  private let dataset: Dataset
  private let source: String

  init?(_ run: RunEvidence) throws(NNError) {
    guard let predictions = run.predictions,
      let (numbers, labels, names) = predictions.classScores
    else { return nil }
    let dataset = predictions.dataset
    // Labels of steps have no row of their own, and tokens without texts say nothing.
    if case .steps = predictions.kind { return nil }
    guard dataset.vocabulary == nil || dataset.tokenizers != nil else { return nil }
    let all = labels.enumerated().map { row, label in
      let scores = numbers[row * names.count..<(row + 1) * names.count]
      let best = scores.indices.reduce(scores.startIndex) { scores[$1] > scores[$0] ? $1 : $0 }
      return Example(
        row: row, label: names[label], predicted: names[best - scores.startIndex],
        probability: scores[scores.startIndex + label])
    }
    let shape = dataset.inputShape
    let isImage =
      shape.rank == 3 && [1, 3].contains(shape[0]) && shape[1] > 1 && shape[2] > 1
    guard isImage || dataset.tokenizers != nil || shape.elementCount <= Self.largestRow else {
      return nil
    }
    let worst = all.sorted {
      $0.probability == $1.probability ? $0.row < $1.row : $0.probability < $1.probability
    }
    examples = Array(worst.prefix(isImage ? Self.imageCount : Self.rowCount))
    let rows = examples.map(\.row)
    images =
      try isImage ? dataset.images(rows).map { $0.reduced(to: Self.largestSide) } : nil
    texts = try dataset.tokenizers.map { tokenizers throws(NNError) in
      try dataset.texts(rows, tokenizers.input).map { $0.shortened(to: Self.largestText) }
    }
    self.numbers =
      try isImage || texts != nil ? [] : dataset.selecting(rows).readInputs().doubles
    categories = try dataset.categories(of: rows)
    self.dataset = dataset
    source = predictions.described
  }

  func write(to page: inout Page) {
    page.paragraph(
      "The examples whose true class has the lowest probability, of \(source); they have the "
        + "highest loss, and some may be mislabelled.")
    func percent(_ probability: Double) -> String {
      "\(NumberText.short(100 * probability, digits: 2))\u{A0}%"
    }
    if let images {
      ReportStyle.tiles(
        &page,
        zip(images, examples).map { image, example in
          (
            image,
            [
              "label \(example.label)",
              example.predicted == example.label
                ? "predicted correctly" : "predicted as \(example.predicted)",
              "\(percent(example.probability)), row\u{A0}\(example.row)",
            ]
          )
        })
      return
    }
    if let texts {
      page.table(
        header: ["row", "label", "predicted", "probability", "text"],
        rows: zip(texts, examples).map { text, example in
          [
            "\(example.row)", example.label, example.predicted, percent(example.probability), text,
          ]
        })
      return
    }
    let width = dataset.inputShape.elementCount
    let names = dataset.featureNames ?? (0..<width).map { "x\($0)" }
    page.table(
      header: ["row", "label", "predicted", "probability"] + names + categories.map(\.name),
      rows: examples.enumerated().map { index, example in
        ["\(example.row)", example.label, example.predicted, percent(example.probability)]
          + numbers[index * width..<(index + 1) * width].map { NumberText.short($0) }
          + categories.map { $0.texts[index] }
      })
  }
}

extension Dataset {
  /// The texts whose tokens are the examples [steps].
  fileprivate func texts(_ rows: [Int], _ tokenizer: any Tokenizer) throws(NNError) -> [String] {
    let tokens = try selecting(rows).readInputs().scalars(as: Int32.self)
    let steps = inputShape.elementCount
    return try rows.indices.map { index throws(NNError) in
      try tokenizer.decode(Array(tokens[index * steps..<(index + 1) * steps]))
    }
  }

  /// Examples [1 or 3, height, width] as images; numbers that are not bytes share one scale.
  ///
  /// - Throws: `NNError` if they are in a file that cannot be read.
  func images(_ rows: [Int]) throws(NNError) -> [RasterImage] {
    let inputs = try selecting(rows).readInputs()
    let (channels, height, width) = (inputShape[0], inputShape[1], inputShape[2])
    let numbers = inputs.doubles
    let isBytes = inputs.dtype == .uint8
    let (least, greatest) = isBytes ? (0, 255) : (numbers.min() ?? 0, numbers.max() ?? 1)
    let count = channels * height * width
    return rows.indices.map { index in
      RasterImage(
        channels: channels, height: height, width: width,
        numbers: numbers[index * count..<(index + 1) * count], range: least...greatest)
    }
  }
}
