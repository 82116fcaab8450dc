import NNCore
import NNData
import NNDrawing
import NNLayers
import NNLosses
import NNOptimizers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Two rings, one inside the other, and networks that classify them: the course's example of
/// classification.
enum Rings {
  /// The hidden nodes of its networks; 0 is logistic regression.
  static let widths = [0, 1, 2, 3, 5, 10]
  /// The number of initial weights from which each network is trained; the best result is kept.
  static let starts = 3
  /// The grid for plots.
  static let grid = PlaneGrid(x: -1.5...1.5, y: -1.5...1.5)

  /// The points, with numbers 0 and 1 as targets.
  static func data(seed: UInt64) throws(NNError) -> Dataset {
    try DataGenerator(.circles, samples: 400, noise: 0.1, seed: seed).make().withNumericTargets()
  }

  /// The training of the networks.
  static func training(_ data: Dataset) -> LessonTraining {
    LessonTraining(
      data: data, loss: BinaryCrossEntropyWithLogits(), optimizer: Adam(learningRate: 0.1),
      epochs: 1000)
  }

  /// A hidden layer of sigmoids and one output; without hidden nodes only the output.
  static func model(_ width: Int) -> Model {
    width == 0
      ? Model([Dense(1)])
      : Model {
        Dense(width)
        Sigmoid()
        Dense(1)
      }
  }

  /// Points (x, y) as (r², θ).
  static func polar(_ inputs: HostTensor) -> HostTensor {
    let numbers = inputs.doubles
    return HostTensor(
      stride(from: 0, to: numbers.count, by: 2).flatMap { index in
        let (x, y) = (numbers[index], numbers[index + 1])
        return [x * x + y * y, atan2(y, x)]
      }, shape: inputs.shape)
  }
}

/// Examples grouped by the code of their hidden switches.
struct Regions {
  /// The number of examples of each class for each code.
  let counts: [(code: Int, zeros: Int, ones: Int)]

  /// Counts the examples of each code.
  init(codes: [Int], labels: [Int]) {
    var counts: [Int: (zeros: Int, ones: Int)] = [:]
    for (code, label) in zip(codes, labels) {
      counts[code, default: (0, 0)].zeros += 1 - label
      counts[code, default: (0, 0)].ones += label
    }
    self.counts = counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value.zeros, $0.value.ones) }
  }

  /// The share of examples that belong to the majority of their region.
  var purity: Double {
    let all = counts.reduce(0) { $0 + $1.zeros + $1.ones }
    return Double(counts.reduce(0) { $0 + max($1.zeros, $1.ones) }) / Double(max(1, all))
  }

  /// For each row of activations, the nodes above one half, as a number with one bit per node.
  static func codes(_ activations: [Double], width: Int) -> [Int] {
    stride(from: 0, to: activations.count, by: width).map { start in
      (0..<width).reduce(0) { $0 << 1 | (activations[start + $1] >= 0.5 ? 1 : 0) }
    }
  }

  /// Adds a table of regions of three switches.
  static func table(_ regions: Regions, into report: inout LessonReport) {
    report.table(
      header: ["code", "class 0", "class 1", ""],
      rows: regions.counts.map { code, zeros, ones in
        let bits = (0..<3).map { String(code >> (2 - $0) & 1) }
        return [
          "(\(bits.joined(separator: ", ")))", "\(zeros)", "\(ones)",
          zeros == 0 || ones == 0 ? "pure" : "mixed",
        ]
      },
      caption: "Points in each region of 3 hidden switches")
  }
}
