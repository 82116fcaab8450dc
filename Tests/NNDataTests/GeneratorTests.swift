import Foundation
import NNCore
import NNData
import NNTestSupport
import Testing

@Suite("Generators")
struct GeneratorTests {
  /// Points with their labels, sorted, so that the order of rows does not matter.
  func sorted(_ dataset: Dataset) -> [[Double]] {
    let numbers = dataset.inputs.doubles
    return dataset.targets.scalars(as: Int32.self).enumerated()
      .map { [Double($1), numbers[2 * $0], numbers[2 * $0 + 1]] }
      .sorted { $0.lexicographicallyPrecedes($1) }
  }

  func expectPoints(_ dataset: Dataset, _ expected: [[Double]]) {
    let expected = expected.sorted { $0.lexicographicallyPrecedes($1) }
    let found = sorted(dataset)
    #expect(found.count == expected.count)
    for (left, right) in zip(found, expected) {
      for (a, b) in zip(left, right) { #expect(abs(a - b) < 1e-12) }
    }
  }

  @Test(arguments: [
    (DataGenerator.Kind.xor, [0, 1, 1, 0]), (.and, [0, 0, 0, 1]), (.or, [0, 1, 1, 1]),
  ])
  func gatesAreTruthTables(kind: DataGenerator.Kind, labels: [Int32]) throws {
    let table = try DataGenerator(kind).make()
    #expect(table.inputs == HostTensor([0.0, 0, 0, 1, 1, 0, 1, 1], shape: [4, 2]))
    #expect(table.targets == HostTensor(labels))
    let six = try DataGenerator(kind, samples: 6).make()
    #expect(six.targets == HostTensor(labels + labels[..<2]))
  }

  @Test(arguments: [10, 11])
  func circlesAreThoseOfScikitLearn(samples: Int) throws {
    let outer = samples / 2
    let inner = samples - outer
    let expected =
      (0..<outer).map { index -> [Double] in
        let angle = 2 * Double.pi * Double(index) / Double(outer)
        return [0, cos(angle), sin(angle)]
      }
      + (0..<inner).map { index -> [Double] in
        let angle = 2 * Double.pi * Double(index) / Double(inner)
        return [1, 0.5 * cos(angle), 0.5 * sin(angle)]
      }
    expectPoints(try DataGenerator(.circles, samples: samples).make(), expected)
  }

  @Test(arguments: [10, 11])
  func moonsAreThoseOfScikitLearn(samples: Int) throws {
    let outer = samples / 2
    let inner = samples - outer
    let expected =
      (0..<outer).map { index -> [Double] in
        let angle = Double.pi * Double(index) / Double(outer - 1)
        return [0, cos(angle), sin(angle)]
      }
      + (0..<inner).map { index -> [Double] in
        let angle = Double.pi * Double(index) / Double(inner - 1)
        return [1, 1 - cos(angle), 1 - sin(angle) - 0.5]
      }
    expectPoints(try DataGenerator(.moons, samples: samples).make(), expected)
  }

  @Test func spiralsWindOutwards() throws {
    let dataset = try DataGenerator(.spirals, samples: 31, classes: 3).make()
    #expect(dataset.classCount == 3)
    let counts = [11, 10, 10]
    let expected = (0..<3).flatMap { label in
      (0..<counts[label]).map { index -> [Double] in
        let radius = Double(index) / Double(counts[label] - 1)
        let angle = 4 * radius + 2 * Double.pi * Double(label) / 3
        return [Double(label), radius * sin(angle), radius * cos(angle)]
      }
    }
    expectPoints(dataset, expected)
  }

  @Test func blobsAreNormalAroundTheirCentres() throws {
    let centres = try DataGenerator(.blobs, samples: 4, noise: 0, classes: 4, seed: 3).make()
    #expect(centres.inputs.doubles.allSatisfy { -10...10 ~= $0 })
    let samples = 40_000
    let dataset = try DataGenerator(.blobs, samples: samples, noise: 2, classes: 4, seed: 3).make()
    let labels = dataset.targets.scalars(as: Int32.self).map(Int.init)
    let numbers = dataset.inputs.doubles
    let centreLabels = centres.targets.scalars(as: Int32.self).map(Int.init)
    for label in 0..<4 {
      let rows = labels.indices.filter { labels[$0] == label }
      #expect(rows.count == samples / 4)
      let centreRow = try #require(centreLabels.firstIndex(of: label))
      for axis in 0..<2 {
        let centre = centres.inputs.doubles[2 * centreRow + axis]
        let differences = rows.map { numbers[2 * $0 + axis] - centre }
        let mean = differences.reduce(0, +) / Double(rows.count)
        let variance = differences.map { $0 * $0 }.reduce(0, +) / Double(rows.count)
        // Five standard errors.
        let root = Double(rows.count).squareRoot()
        #expect(abs(mean) < 10 / root)
        #expect(abs(variance - 4) < 20 * 2.0.squareRoot() / root)
      }
    }
  }

  @Test func sineIsSpacedEvenly() throws {
    let dataset = try DataGenerator(.sine, samples: 5).make()
    let x = [-Double.pi, -Double.pi / 2, 0, Double.pi / 2, Double.pi]
    expectClose(dataset.inputs, HostTensor(x, shape: [5, 1]), .float64)
    expectClose(
      dataset.targets, HostTensor([0.0, -1, 0, 1, 0], shape: [5, 1]),
      Tolerance.exact.orAbsolute(1e-15))
    let noisy = try DataGenerator(.sine, samples: 5, noise: 0.1).make()
    #expect(noisy.inputs == dataset.inputs)
    #expect(noisy.targets != dataset.targets)
  }

  @Test(arguments: DataGenerator.Kind.allCases)
  func dependsOnItsOptionsAlone(kind: DataGenerator.Kind) throws {
    let first = try DataGenerator(kind, samples: 20, noise: 0.1, seed: 1).make()
    let again = try DataGenerator(kind, samples: 20, noise: 0.1, seed: 1).make()
    let other = try DataGenerator(kind, samples: 20, noise: 0.1, seed: 2).make()
    #expect(first.inputs == again.inputs && first.targets == again.targets)
    #expect(first.inputs != other.inputs || first.targets != other.targets)
    #expect(first.name == kind.rawValue)
    #expect(try DataSource.named(kind.rawValue).load().count == (kind.isTruthTable ? 4 : 100))
  }

  @Test func refusesInvalidOptions() {
    expectError("moons: samples must lie between 1 and 10000000, not be 0") {
      _ = try DataGenerator(.moons, samples: 0)
    }
    expectError("moons: noise must be finite and at least 0, not be -1.0") {
      _ = try DataGenerator(.moons, noise: -1)
    }
    expectError("moons: has no option classes; blobs and spirals have") {
      _ = try DataGenerator(.moons, classes: 2)
    }
    expectError("blobs: classes must lie between 1 and the 5 samples, not be 6") {
      _ = try DataGenerator(.blobs, samples: 5, classes: 6)
    }
  }
}

extension DataGenerator.Kind {
  /// Whether the default is a truth table of four rows.
  fileprivate var isTruthTable: Bool { [.xor, .and, .or].contains(self) }
}
