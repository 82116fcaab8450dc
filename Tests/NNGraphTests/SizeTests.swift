import NNCore
import NNGraph
import NNTestSupport
import Testing

@Suite("tensors that are too large, and names declared twice")
struct SizeTests {
  @Test("an op with a result that is too large records a diagnostic with the bytes")
  func largeResult() {
    let text = diagnosticText([
      TensorType([1 << 20, 1], .float32), TensorType([1, 1 << 40], .float32),
    ]) { $0[0].matMul($0[1]) }
    #expect(text.contains("a tensor of [1, 1099511627776] float32 would take 4,096.0 GiB; this"))
    let product = diagnosticText([
      TensorType([1 << 28, 1], .float32), TensorType([1, 1 << 28], .float32),
    ]) { $0[0].matMul($0[1]) }
    #expect(product.contains("a tensor of [268435456, 268435456] float32 would take"))
  }

  @Test("kernels, strides and paddings beyond 2³¹ are rejected", arguments: [1 << 31, Int.max])
  func windows(number: Int) {
    let images = TensorType([1, 1, 8, 8], .float32)
    for text in [
      diagnosticText([images]) { $0[0].maxPool2D(kernel: Size2D(number)) },
      diagnosticText([images]) { $0[0].maxPool2D(kernel: 2, stride: Size2D(number)) },
      diagnosticText([images]) { $0[0].maxPool2D(kernel: 2, dilation: Size2D(number)) },
      diagnosticText([images]) { $0[0].avgPool2D(kernel: 2, padding: Padding2D(number)) },
      diagnosticText([images, TensorType([1, 1, 3, 3], .float32)]) {
        $0[0].conv2D($0[1], padding: Padding2D(number))
      },
    ] {
      #expect(text.contains("must be at most 2147483647"), "\(text)")
    }
  }

  @Test("a window that covers only padding is found without visiting all positions")
  func padding() {
    // Dilation 3 over one row: positions 0 and 1 cover only padding.
    let text = diagnosticText([TensorType([1, 1, 1, 1], .float32)]) {
      $0[0].maxPool2D(kernel: 2, stride: 1, padding: 1, dilation: 3)
    }
    #expect(text.contains("is larger than") || text.contains("sees nothing"), "\(text)")
    let wide = diagnosticText([TensorType([1, 1, 1, 2_000_000], .float32)]) {
      $0[0].maxPool2D(
        kernel: Size2D(height: 1, width: 1_000_000), stride: 1,
        padding: Padding2D(height: 0, width: 500_000))
    }
    #expect(wide == "")
  }

  @Test("a kernel of more than a million positions is rejected")
  func largeKernel() {
    let text = diagnosticText([
      TensorType([1, 1, 2048, 2048], .float32), TensorType([1, 1, 1025, 1024], .float32),
    ]) { $0[0].conv2D($0[1]) }
    #expect(text.contains("a kernel of 1025×1024 has more than 1048576 positions"))
  }

  @Test("two variables of one name and different types are rejected")
  func variables() {
    let graph = Graph()
    let first = graph.variable("w", TensorType([2], .float32))
    #expect(graph.variable("w", TensorType([2], .float32)) == first)
    #expect(graph.diagnostics.isEmpty)
    let second = graph.variable("w", TensorType([1000], .float32))
    #expect(second.isPoisoned)
    expectError("the variable `w` is declared as float32[1000], and as float32[2] before") {
      _ = try Plan(graph, fetches: [("a", first + 1), ("b", second * 2)])
    }
  }

  @Test(
    "two inputs of one name and different types are rejected; an input may share a variable's name")
  func inputs() {
    let graph = Graph()
    _ = graph.input("x", TensorType([2], .float32))
    _ = graph.variable("x", TensorType([3], .float32))
    #expect(graph.diagnostics.isEmpty)
    #expect(graph.input("x", TensorType([2], .float64)).isPoisoned)
    #expect(
      graph.diagnostics.map(\.message) == [
        "the input `x` is declared as float64[2], and as float32[2] before"
      ])
  }

  @Test("a plan that needs more memory than there is is rejected")
  func plan() {
    let graph = Graph()
    // Each tensor fits into memory, all together do not.
    let count = MemoryLimit.byteCount / 16
    let parts = (0..<8).map { graph.input("x\($0)", TensorType([count], .float32)) }
    expectError("a step of this network would take", "this machine has", "smaller batch") {
      _ = try Plan(graph, fetches: [("y", parts.dropFirst().reduce(parts[0], +))])
    }
  }

  @Test("a constant that is too large is not computed")
  func constant() {
    let graph = Graph()
    let value = graph.constant(TensorType([1 << 27], .float32)) {
      Issue.record("computed")
      return HostTensor(zeros: [1])
    }
    #expect(value.isPoisoned)
    #expect(graph.diagnostics.count == 1)
  }
}
