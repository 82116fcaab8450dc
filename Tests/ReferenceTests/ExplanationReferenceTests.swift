import NNAnalysis
import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import NNTraining
import Testing

@Suite("Explanations against captum")
struct ExplanationReferenceTests {
  private struct Case {
    let explainer: Explainer
    let network: ExplainedNetwork
    let rows: HostTensor
    let choices: [Int]

    init(_ example: FixtureExample) throws {
      let document = example.config.json.dropLast()
      let config = try Config(
        yaml: document + ", \"data\": {\"train\": \"xor\"}, \"loss\": \"cross_entropy\", "
          + "\"optimizer\": \"adam\"}", source: "\(example.name).json")
      rows = try example.given("x", as: .float64)
      choices = try example.given("targets", as: .float64).scalars(as: Int64.self).map { Int($0) }
      let shape = Shape(Array(rows.shape.dimensions.dropFirst()))
      let model = try TrainedModel(
        model: config.makeModel(),
        signature: InputSignature(Ports(TensorType(shape, .float64)), dtype: .float64),
        weights: example.given(prefix: "state.", as: .float64))
      explainer = try Explainer(model)
      network = try ExplainedNetwork(NetworkSource(model))
    }

    /// Each row with its own class.
    func explain(
      _ method: String, _ options: ExplanationOptions = ExplanationOptions()
    ) throws -> HostTensor {
      let parts = try choices.enumerated().flatMap { row, choice in
        try explainer.explain(
          rows.rows(row..<row + 1), by: method, of: .index(choice), options: options
        ).attributions.doubles
      }
      return HostTensor(parts, shape: rows.shape)
    }
  }

  private static let tolerance = Tolerance(relative: 0, absolute: 1e-9)

  private static func examples() throws -> [FixtureExample] {
    try Fixture.load("explanations", "explanations").examples
  }

  @Test(arguments: [
    "saliency", "gradient_x_input", "integrated_gradients", "guided_backprop", "grad_cam",
  ])
  func attributions(method: String) throws {
    let examples = try Self.examples().filter { $0.expectedNames(.float64).contains(method) }
    #expect(!examples.isEmpty)
    for example in examples {
      let found = try Case(example).explain(method)
      let expected = try example.expected(method, .float64)
      // The map of Grad-CAM is the same for every channel.
      let channels = found.elementCount / expected.elementCount
      guard channels > 1 else {
        expectClose(found, expected.reshaped(to: found.shape), Self.tolerance)
        continue
      }
      let plane = found.shape[2] * found.shape[3]
      for row in 0..<found.shape[0] {
        let map = Array(expected.doubles[row * plane..<(row + 1) * plane])
        for channel in 0..<channels {
          let start = (row * channels + channel) * plane
          for (index, value) in map.enumerated() {
            #expect(abs(found.doubles[start + index] - value) <= 1e-9)
          }
        }
      }
    }
  }

  @Test func completenessErrors() throws {
    for example in try Self.examples() {
      let own = try Case(example)
      let deltas = try example.expected("integrated_gradients.delta", .float64).doubles
      for (row, choice) in own.choices.enumerated() {
        let found = try own.explainer.explain(
          own.rows.rows(row..<row + 1), by: "integrated_gradients", of: .index(choice))
        let error = try #require(found.completenessErrors)[0]
        #expect(abs(error - deltas[row]) <= 1e-9)
      }
    }
  }

  @Test func occlusion() throws {
    for example in try Self.examples() {
      let own = try Case(example)
      let windows = try #require(example.options["windows"]?.list)
      for (index, pair) in windows.enumerated() {
        let parts = try #require(pair.list).map { ($0.numbers ?? []).map { Int($0) } }
        var options = ExplanationOptions()
        (options.window, options.strides, options.baseline) = (parts[0], parts[1], 0.25)
        expectClose(
          try own.explain("occlusion", options),
          try example.expected("occlusion.\(index)", .float64), Self.tolerance)
      }
    }
  }

  @Test func smoothgradWithGivenNoise() throws {
    for example in try Self.examples() {
      let own = try Case(example)
      let noise = try example.given("noise", as: .float64)
      let size = own.rows.elementCount
      let found = try SmoothGrad.attributions(
        own.network, own.network.rows(Ports(own.rows)), choices: own.choices,
        noise: (0..<noise.shape[0]).map { Array(noise.doubles[$0 * size..<($0 + 1) * size]) })
      expectClose(
        HostTensor(found, shape: own.rows.shape), try example.expected("smoothgrad", .float64),
        Self.tolerance)
    }
  }
}
