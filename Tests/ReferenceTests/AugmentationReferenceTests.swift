import NNCore
import NNData
import NNTestSupport
import NNTraining
import Testing

@Suite("Augmentations against torchvision") struct AugmentationReferenceTests {
  private static let examples: [FixtureExample] =
    (try? Fixture.load("augmentation", "augmentation").examples) ?? []

  @Test("every element is torchvision's in float64", arguments: examples)
  func elements(example: FixtureExample) throws {
    let x = try example.given("x", as: .float64)
    let expected = try example.expected("y", .float64)
    // As numbers in 0…1, and as the same numbers in the unit of bytes.
    for unit in [1.0, 255] {
      let layout = ExampleLayout.image(
        channels: x.shape[0], height: x.shape[1], width: x.shape[2], unit: unit)
      var changed = AugmentedExample(x.doubles.map { $0 * unit }, layout: layout)
      try Self.apply(example, to: &changed)
      let result = changed.layout
      #expect(
        expected.shape == [result.channels, result.height, result.width], "\(example.name)")
      expectClose(
        changed.numbers.map { $0 / unit }, expected.doubles, Tolerance(absolute: 1e-12),
        "\(example.name), unit \(unit)")
    }
  }

  @Test func thereAreExamples() { #expect(Self.examples.count > 250) }

  @Test func wrongResultsAreFound() throws {
    let example = try #require(Self.examples.first { $0.name == "horizontal 3x7x5" })
    let x = try example.given("x", as: .float64)
    withKnownIssue {
      expectClose(
        x.doubles, try example.expected("y", .float64).doubles, Tolerance(absolute: 1e-12))
    }
  }

  private static func apply(
    _ example: FixtureExample, to changed: inout AugmentedExample
  ) throws {
    func numbers(_ option: FixtureOption) throws -> [Double] {
      try #require(option.list).map { try #require($0.number) }
    }
    if case .object = example.config {
      let text =
        "{\"data\": {\"train\": \"xor\", \"augment\": [\(example.config.json)]}, "
        + "\"model\": [{\"linear\": 1}], \"loss\": \"mse\", \"optimizer\": \"adam\"}"
      let made = try Config(yaml: text, source: "\(example.name).json").makeAugmentations()
      let augmentation = try #require(made.first as? any Augmentation)
      let layout = try augmentation.layout(after: changed.layout)
      var random = AugmentationRandom(seed: 1, position: 0, epoch: 0, example: 0)
      augmentation.apply(to: &changed, &random)
      #expect(changed.layout == layout)
    } else if let name = example.options["operation"]?.text {
      let operation = try #require(
        RandAugment.Operation.allCases.first { "\($0)" == name }, "no operation \(name)")
      let magnitude = try #require(example.options["magnitude"]?.number)
      RandAugment(magnitude: Int(magnitude)).apply(
        operation, sign: try #require(example.options["sign"]?.number), to: &changed)
    } else if let box = example.options["box"] {
      let sides = try numbers(box).map { Int($0) }
      changed.enlarge(
        ImageBox(top: sides[0], left: sides[1], height: sides[2], width: sides[3]))
    } else {
      let (height, width) = (changed.layout.height, changed.layout.width)
      let (right, bottom) = (Double(width - 1), Double(height - 1))
      let moved = try #require(example.options["corners"]?.list).map { corner in
        let place = try numbers(corner)
        return (x: place[0], y: place[1])
      }
      let map = try #require(
        ProjectiveMap.mapping(moved, to: [(0, 0), (right, 0), (right, bottom), (0, bottom)]))
      changed.warp(map, .bilinear, fill: 0)
    }
  }
}
