import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

@Suite struct ModelTests {
  private let mixed = Model {
    Conv2D(4, kernelSize: 3, padding: .same)
    BatchNorm2D()
    ReLU()
    Residual {
      Conv2D(4, kernelSize: 1, bias: false)
      Sequential {
        ReLU()
        BatchNorm2D()
      }
    }
    Concat([[Conv2D(2, kernelSize: 1)], [ReLU(), MaxPool2D(3, stride: 1, padding: 1)]])
    Flatten().named("features")
    Dense(5).named("head")
    LayerNorm()
  }

  @Test func namesAreThoseOfPyTorch() throws {
    let layout = try mixed.layout(input: TensorType([2, 3, 5, 5], .float32))
    #expect(
      layout.entries.map(\.name) == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var",
        "1.num_batches_tracked", "3.0.weight", "3.1.1.weight", "3.1.1.bias",
        "3.1.1.running_mean", "3.1.1.running_var", "3.1.1.num_batches_tracked", "4.0.0.weight",
        "4.0.0.bias", "head.weight", "head.bias", "7.weight", "7.bias",
      ])
    #expect(layout["0.weight"]?.shape == [4, 3, 3, 3])
    #expect(layout["4.0.0.weight"]?.shape == [2, 4, 1, 1])
    #expect(layout["head.weight"]?.shape == [5, 6 * 25])
    #expect(layout["1.num_batches_tracked"]?.shape == [])
    #expect(layout["1.num_batches_tracked"]?.dtype == .int64)
    let sizes = [4 * 27, 4, 4, 4, 16, 4, 4, 8, 2, 5 * 150, 5, 5, 5]
    #expect(layout.parameterCount == sizes.reduce(0, +))
  }

  @Test func parametersDoNotOverlapAndAreAligned() throws {
    let layout = try mixed.layout(input: TensorType([2, 3, 5, 5], .float32))
    var end = 0
    for entry in layout.parameters {
      guard case .parameter(let offset, _, _) = entry.role else { continue }
      #expect(offset % ParameterLayout.alignment == 0)
      #expect(offset >= end && offset < end + ParameterLayout.alignment)
      end = offset + entry.shape.elementCount
    }
    #expect(layout.count >= end && layout.count < end + ParameterLayout.alignment)
  }

  @Test func tensorsSurviveTheFlatForm() throws {
    let layout = try mixed.layout(input: TensorType([2, 3, 5, 5], .float32))
    let initial = try layout.initialize(seed: 3)
    let back = try layout.tensors(from: layout.variables(from: initial))
    #expect(back.map(\.name) == layout.entries.map(\.name))
    for (name, tensor) in back { expectIdentical(tensor, try #require(initial[name]), name) }
  }

  @Test func initialValuesDependOnTheSeedAndNotOnTheType() throws {
    let float = try mixed.layout(input: TensorType([2, 3, 5, 5], .float32)).initialize(seed: 3)
    let double = try mixed.layout(input: TensorType([7, 3, 5, 5], .float64)).initialize(seed: 3)
    let other = try mixed.layout(input: TensorType([2, 3, 5, 5], .float32)).initialize(seed: 4)
    #expect(float.keys.sorted() == double.keys.sorted())
    for (name, tensor) in double {
      expectIdentical(
        try #require(float[name]),
        tensor.dtype == .float64 ? tensor.converted(to: .float32) : tensor,
        name)
    }
    #expect(float["0.weight"] != other["0.weight"])
    #expect(float["head.bias"] != other["head.bias"])
    // Each parameter has its own numbers.
    #expect(
      float["0.bias"]?.doubles != float["0.weight"].map { Array($0.doubles.prefix(4)) })
  }

  @Test func allMismatchedTensorsAreNamed() throws {
    let layout = try Model { Dense(2) }.layout(input: TensorType([1, 3], .float32))
    expectError(
      "`0.weight` has shape [3, 2], the model needs [2, 3]", "`0.bias` [2] is missing",
      "the model has no `1.weight`"
    ) {
      _ = try layout.variables(from: [
        "0.weight": HostTensor(zeros: [3, 2]), "1.weight": HostTensor(zeros: [1]),
      ])
    }
    expectError("`0.bias` is int32, the model needs float32") {
      _ = try layout.variables(from: [
        "0.weight": HostTensor(zeros: [2, 3]), "0.bias": HostTensor(zeros: [2], dtype: .int32),
      ])
    }
    expectError("the variable `parameters` is missing") { _ = try layout.tensors(from: [:]) }
  }

  @Test func doubledAndDottedNamesAreRejected() {
    let input = TensorType([1, 3], .float32)
    expectError("two parameters are called `a.weight`") {
      _ = try Model {
        Dense(2).named("a"); Dense(2).named("a")
      }.layout(input: input)
    }
    expectError("a layer cannot be named `a.b`") {
      _ = try Model { ReLU().named("a.b") }.layout(input: input)
    }
    expectError("a network computes on float32 or float64, gets uint8") {
      _ = try Model { ReLU() }.layout(input: TensorType([1, 3], .uint8))
    }
  }

  @Test func aModelWithoutParametersRuns() throws {
    let network = try Network(Model { ReLU() }, input: TensorType([1, 3], .float64))
    #expect(network.layout.count == 0)
    let results = try network.run(
      HostTensor([-1.0, 0, 2], shape: [1, 3]), cotangent: HostTensor([1.0, 1, 1], shape: [1, 3]))
    #expect(results["output"]?.doubles == [0, 0, 2])
    #expect(results["input"]?.doubles == [0, 0, 1])
    let flat = network.output.gradient(of: network.output.value.sum())
    #expect(flat.shape == [0])
  }

  @Test func aBuilderTakesConditionsAndLoops() throws {
    func model(deep: Bool) -> Model {
      Model {
        if deep { for _ in 0..<2 { Dense(4) } } else { ReLU() }
        if deep { Tanh() }
        Dense(1)
      }
    }
    let input = TensorType([1, 3], .float32)
    #expect(try model(deep: true).layout(input: input)["3.weight"]?.shape == [1, 4])
    #expect(try model(deep: true).layout(input: input)["1.weight"]?.shape == [4, 4])
    #expect(try model(deep: false).layout(input: input)["1.weight"]?.shape == [1, 3])
  }
}
