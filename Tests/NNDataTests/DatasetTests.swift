import NNCore
import NNData
import NNTestSupport
import Testing

/// Rows 0, 1, … of inputs [rows, 2] with elements 2·row and 2·row + 1, and the given labels.
func labelled(_ labels: [Int32], names: [String]? = nil) throws -> Dataset {
  try Dataset(
    name: "toy",
    inputs: HostTensor((0..<2 * labels.count).map(Double.init), shape: [labels.count, 2]),
    targets: HostTensor(labels), classNames: names)
}

@Suite("Data sets")
struct DatasetTests {
  @Test func tellsItsSizes() throws {
    let images = try Dataset(
      name: "p", inputs: HostTensor(zeros: [3, 1, 4, 5], dtype: .uint8),
      targets: HostTensor([Int32(0), 4, 2]))
    #expect(images.count == 3)
    #expect(images.inputShape == [1, 4, 5])
    #expect(images.targetShape == [])
    #expect(images.classCount == 5)
    #expect(images.inputScale == 1.0 / 255)
    let numbers = try Dataset(
      name: "n", inputs: HostTensor(zeros: [3, 2]), targets: HostTensor(zeros: [3, 4]))
    #expect(numbers.classCount == nil)
    #expect(numbers.targetShape == [4])
    #expect(numbers.inputScale == 1)
    #expect(try labelled([0, 1], names: ["a", "b", "c"]).classCount == 3)
  }

  @Test func refusesDifferentNumbersOfExamples() {
    expectError("toy: 3 inputs but 2 targets") {
      _ = try Dataset(
        name: "toy", inputs: HostTensor(zeros: [3, 1]), targets: HostTensor([Int32(0), 1]))
    }
    expectError("toy: holds no examples") { _ = try labelled([]) }
    expectError("toy: expected inputs and targets with a batch axis") {
      _ = try Dataset(
        name: "toy", inputs: HostTensor(scalar: 1.0), targets: HostTensor([Int32(0)]))
    }
  }

  @Test(arguments: [
    (Double.nan, "is NaN"), (.infinity, "is infinity"), (-.infinity, "is -infinity"),
  ])
  func namesRowAndColumnOfWhatIsNotFinite(value: Double, text: String) {
    for dtype in [DType.float32, .float64] {
      let inputs = HostTensor(doubles: [1, 2, 3, 4, 5, value], shape: [2, 3], dtype: dtype)
      expectError("toy: row 1, column 2 (width) of the inputs (from 0) \(text)") {
        _ = try Dataset(
          name: "toy", inputs: inputs, targets: HostTensor([Int32(0), 1]),
          featureNames: ["a", "b", "width"])
      }
      expectError("toy: row 1, column 2 of the targets (from 0) \(text)") {
        _ = try Dataset(name: "toy", inputs: HostTensor(zeros: [2, 1]), targets: inputs)
      }
    }
  }

  @Test func namesRowAndValueOfLabelsOutOfRange() throws {
    expectError("toy: row 2 (from 0) has the negative label -1") { _ = try labelled([0, 1, -1]) }
    expectError("toy: row 1 (from 0) has label 2, beyond the 2 classes 0 to 1") {
      _ = try labelled([0, 2], names: ["a", "b"])
    }
    let dataset = try labelled([0, 3, 9])
    try dataset.requireLabels(below: 10)
    expectError("row 2 (from 0) has label 9, beyond the 9 classes 0 to 8") {
      try dataset.requireLabels(below: 9)
    }
    expectError("row 1 (from 0) has label 3") { try dataset.requireLabels(below: 3, except: 9) }
    try dataset.requireLabels(below: 4, except: 9)
    // Parts of a data set name the rows of the whole.
    let part = dataset.selecting([2, 0, 1]).selecting([1, 2])
    expectError("row 1 (from 0) has label 3") { try part.requireLabels(below: 3) }
  }

  @Test func selectsRowsInOrder() throws {
    let part = try labelled([5, 6, 7, 8]).selecting([3, 0, 3])
    #expect(part.inputs == HostTensor([6.0, 7, 0, 1, 6, 7], shape: [3, 2]))
    #expect(part.targets == HostTensor([Int32(8), 5, 8]))
  }

  @Test func givesLabelsAsNumbers() throws {
    let numbers = try labelled([0, 2, 1]).withNumericTargets()
    #expect(numbers.targets == HostTensor([0.0, 2, 1], shape: [3, 1]))
    #expect(numbers.withNumericTargets().targets == numbers.targets)
  }
}

@Suite("Splitting")
struct SplitTests {
  /// Rows that a part holds, read from the inputs, which count rows.
  func rows(_ dataset: Dataset) -> [Int] {
    stride(from: 0, to: 2 * dataset.count, by: 2).map { Int(dataset.inputs.doubles[$0]) / 2 }
  }

  @Test(arguments: [0.1, 0.25, 0.5, 0.9], [1, 7, 42] as [UInt64])
  func keepsTheShareOfEveryClass(fraction: Double, seed: UInt64) throws {
    let labels = (0..<997).map { Int32($0 % 17 == 0 ? 2 : $0 % 3 == 0 ? 1 : 0) }
    let dataset = try labelled(labels)
    let (train, validation) = try dataset.split(fraction: fraction, seed: seed)
    #expect((rows(train) + rows(validation)).sorted() == Array(0..<997))
    #expect(rows(train) == rows(train).sorted())
    #expect(rows(validation) == rows(validation).sorted())
    #expect(validation.count == Int((997 * fraction).rounded()))
    for label in Int32(0)...2 {
      let share = Double(labels.count { $0 == label }) * fraction
      let found = validation.targets.scalars(as: Int32.self).count { $0 == label }
      #expect(abs(Double(found) - share) < 1.01)
    }
    for row in 0..<validation.count {
      #expect(validation.targets.scalars(as: Int32.self)[row] == labels[rows(validation)[row]])
    }
  }

  @Test func givesWholeSharesExactly() throws {
    let labels = (0..<60).map { Int32($0 % 3) }
    let (_, validation) = try labelled(labels).split(fraction: 0.1, seed: 3)
    #expect(validation.targets.scalars(as: Int32.self).sorted() == [0, 0, 1, 1, 2, 2])
  }

  /// 8 of 15 rows: shares 3.73, 2.67 and 1.6, so that the first two classes get the rows left over.
  @Test func givesRowsLeftOverToTheLargestRemainders() throws {
    let labels = [Int32](repeating: 0, count: 7) + [1, 1, 1, 1, 1] + [2, 2, 2]
    let (_, validation) = try labelled(labels).split(fraction: 0.5, seed: 3)
    #expect(validation.targets.scalars(as: Int32.self) == [0, 0, 0, 0, 1, 1, 1, 2])
  }

  @Test func dependsOnTheSeedAlone() throws {
    let dataset = try labelled((0..<50).map { Int32($0 % 2) })
    let first = rows(try dataset.split(fraction: 0.2, seed: 1).validation)
    #expect(rows(try dataset.split(fraction: 0.2, seed: 1).validation) == first)
    #expect(rows(try dataset.split(fraction: 0.2, seed: 2).validation) != first)
  }

  @Test func splitsNumbersToo() throws {
    let dataset = try labelled(Array(repeating: 0, count: 11)).withNumericTargets()
    let (train, validation) = try dataset.split(fraction: 0.3, seed: 0)
    #expect(train.count == 8)
    #expect(validation.count == 3)
    #expect((rows(train) + rows(validation)).sorted() == Array(0..<11))
  }

  @Test func refusesEmptySides() throws {
    let dataset = try labelled([0, 1, 0])
    for fraction in [0, 1, -0.5, 1.5, .nan] {
      expectError("toy: the validation share must lie between 0 and 1") {
        _ = try dataset.split(fraction: fraction, seed: 0)
      }
    }
    expectError("a validation share of 0.1 leaves validation without examples: there are 3") {
      _ = try dataset.split(fraction: 0.1, seed: 0)
    }
    expectError("a validation share of 0.9 leaves training without examples") {
      _ = try dataset.split(fraction: 0.9, seed: 0)
    }
  }
}
