import NNCore
import NNData
import NNLosses
import NNTraining

/// A network's outputs for the rows that were held out of its training, as lines of a table.
struct HeldOutPredictions: Sendable {
  /// The names of the columns.
  let columns: [String]
  /// The row of the source, from 0, and the texts of its columns.
  let lines: [(row: Int, cells: [String])]

  /// More numbers for a row are not worth a table.
  static let largestWidth = 1000

  /// Computes the outputs; nil for networks that write texts and for outputs that are too large for
  /// a table.
  ///
  /// Outputs of classifiers are probabilities, before which the predicted class stands; others are
  /// in the unit of the targets.
  ///
  /// - Parameters:
  ///   - rows: The row of the source of each example.
  ///   - dataset: The examples.
  /// - Throws: `NNError` if the data are incompatible with the network.
  init?(of model: TrainedModel, rows: [Int], _ dataset: Dataset) throws(NNError) {
    guard model.encoding.tokenizers?.outputsAreTexts != true, dataset.hasTargets else {
      return nil
    }
    let predictor = try Predictor(model)
    let raw = try predictor.predict(dataset)
    let kind = model.meaning().kind
    let outputs =
      kind.isClasses || kind.isBinary ? try predictor.probabilities(of: raw) : raw
    let (width, targetWidth) = (
      outputs.elementCount / rows.count, dataset.targets.elementCount / rows.count
    )
    guard width + targetWidth <= Self.largestWidth else { return nil }
    let areClasses = kind.isClasses && outputs.shape.rank == 2 && targetWidth == 1
    let isDecision = kind.isBinary && width == 1 && targetWidth == 1
    let names = areClasses || isDecision ? model.names(ofClasses: max(2, width)) : []
    func name(_ index: Int) -> String {
      names.indices.contains(index) ? names[index] : "\(index)"
    }
    let targets = Self.texts(of: dataset.targets)
    let numbers = Self.texts(of: outputs)
    let values = outputs.doubles
    columns =
      Self.headings("target", targetWidth) + (areClasses || isDecision ? ["prediction"] : [])
      + (areClasses
        ? (0..<width).map { "p(\(name($0)))" }
        : isDecision ? ["p(\(name(1)))"] : Self.headings("output", width))
    lines = rows.enumerated().map { index, row in
      var cells = Array(targets[index * targetWidth..<(index + 1) * targetWidth])
      if areClasses || isDecision, let label = Double(cells[0]).flatMap({ Int(exactly: $0) }) {
        cells[0] = name(label)
      }
      if areClasses {
        let own = values[index * width..<(index + 1) * width]
        let best = own.indices.max { own[$0] < own[$1] } ?? own.startIndex
        cells.append(name(best - own.startIndex))
      } else if isDecision {
        cells.append(name(values[index] >= 0.5 ? 1 : 0))
      }
      return (row, cells + numbers[index * width..<(index + 1) * width])
    }
  }

  private static func headings(_ name: String, _ count: Int) -> [String] {
    count == 1 ? [name] : (0..<count).map { "\(name)_\($0)" }
  }

  /// The numbers in full precision.
  private static func texts(of tensor: HostTensor) -> [String] {
    switch tensor.dtype {
    case .float32: tensor.withScalars(as: Float.self) { $0.map { "\($0)" } }
    case .int32: tensor.withScalars(as: Int32.self) { $0.map { "\($0)" } }
    default: tensor.doubles.map { "\($0)" }
    }
  }
}
