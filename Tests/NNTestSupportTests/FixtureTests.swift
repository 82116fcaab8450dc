import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite struct FixtureTests {
  @Test(arguments: [
    ("layers", "linear"), ("layers", "conv2d"), ("layers", "pooling"), ("layers", "normalization"),
    ("layers", "activations"), ("layers", "composition"), ("losses", "regression"),
    ("losses", "binary"), ("losses", "cross_entropy"), ("losses", "likelihood"),
    ("optimizers", "sgd"), ("optimizers", "adam"), ("optimizers", "adamw"),
    ("optimizers", "rmsprop"), ("optimizers", "adagrad"), ("schedules", "schedules"),
    ("clipping", "clipping"), ("initializers", "initializers"), ("curves/mlp", "reference"),
    ("curves/cnn", "reference"), ("curves/residual", "reference"),
    ("curves/scheduled", "reference"), ("lbfgs", "lbfgs"), ("groups", "groups"),
  ])
  func everyFileLoads(folder: String, file: String) throws {
    let fixture = try Fixture.load(folder, file)
    #expect(!fixture.examples.isEmpty)
    for example in fixture.examples {
      #expect(!example.expectedNames(.float64).isEmpty, "\(example)")
      for name in example.expectedNames(.float32) {
        let single = try example.expected(name, .float32)
        let double = try example.expected(name, .float64)
        #expect(single.shape == double.shape)
        #expect(single.dtype == .float32 || single.dtype == .int64)
      }
    }
  }

  /// Recomputes one example by hand: names, layout and precision are those of the loader.
  @Test func aLinearLayerByHand() throws {
    let example = try Fixture.load("layers", "linear").example("bias")
    #expect(example.config.list?.first?.named?.name == "linear")
    #expect(example.config.json == #"[{"linear":{"out_features":3}}]"#)
    #expect(example.options["training"]?.boolean == true)
    #expect(example.givenNames == ["cotangent", "input", "state.0.bias", "state.0.weight"])
    #expect(
      example.expectedNames(.float64) == ["grad.0.bias", "grad.0.weight", "grad.input", "output"])
    let input = try example.given("input", as: .float64).doubles
    let state = try example.given(prefix: "state.", as: .float64)
    #expect(state.map(\.name) == ["0.bias", "0.weight"])
    let (bias, weight) = (state[0].tensor.doubles, state[1].tensor.doubles)
    var output: [Double] = []
    for row in 0..<5 {
      for unit in 0..<3 {
        var sum = bias[unit]
        for feature in 0..<7 { sum += input[row * 7 + feature] * weight[unit * 7 + feature] }
        output.append(sum)
      }
    }
    expectClose(HostTensor(output, shape: [5, 3]), try example.expected("output", .float64))
    expectClose(
      HostTensor(output.map { Float($0) }, shape: [5, 3]), try example.expected("output", .float32))
  }

  @Test func missingPartsAreNamed() throws {
    let fixture = try Fixture.load("layers", "linear")
    #expect(throws: NNError.self) { try fixture.example("no such example") }
    let error = #expect(throws: NNError.self) {
      try fixture.example("bias").given("weights", as: .float32)
    }
    #expect(error?.description.contains(#"example "bias" has no "weights""#) == true)
    #expect(throws: NNError.self) { try Fixture(SafeTensorsFile(), at: "nowhere") }
    let stray = SafeTensorsFile(
      tensors: [("other/input", HostTensor([1.0]))], metadata: ["examples": "{}"])
    #expect(throws: NNError.self) { try Fixture(stray, at: "nowhere") }
  }

  @Test func optionsReadEveryKindOfValue() throws {
    let option = try FixtureOption(
      json: #"{"a": [1, 2.5, null], "b": true, "c": "relu", "d": {}, "e": 1e-9}"#)
    #expect(option["a"]?.list == [.number(1), .number(2.5), .null])
    #expect(option["a"]?.numbers == nil)
    #expect(option["b"]?.boolean == true)
    #expect(option["b"]?.number == nil)
    #expect(option["c"]?.named?.name == "relu")
    #expect(option["e"]?.number == 1e-9)
    #expect(option["a"]?.list?[0].integer == 1)
    #expect(option["a"]?.list?[1].integer == nil)
    #expect(option["x"] == nil)
    #expect(option["a"]?.json == "[1,2.5,null]")
  }
}
