import NNCore
import NNKernels

/// The input gradient of a convolution of stride 1, as a convolution of the cotangent: with the
/// kernel turned by 180° and its input and output channels exchanged.
///
/// Each element is written once, and its products sum over all output channels and cells at once;
/// adding patches to the pictures writes each element once a cell.
struct FlippedConvolution {
  private let work: ConvolutionWork
  /// The weight as it is given: [O, C/groups, kH, kW].
  private let weight: Shape
  private let weightByteCount: Int

  /// Nil where the gradient is no such convolution, or where there is nothing to gain.
  init?(_ geometry: ConvolutionGeometry, cotangent: TensorType, weight: TensorType) {
    let window = geometry.window(Size2D(height: weight.shape[2], width: weight.shape[3]))
    let (span, before) = (window.span, geometry.padding)
    let padding = Padding2D(
      top: span.height - 1 - before.top, left: span.width - 1 - before.left,
      bottom: span.height - 1 - before.bottom, right: span.width - 1 - before.right)
    guard geometry.stride == 1, window.kernel != 1,
      min(padding.top, padding.left, padding.bottom, padding.right) >= 0,
      cotangent.shape.elementCount > 0, weight.shape.elementCount > 0
    else { return nil }
    let groups = geometry.groups
    let exchanged: Shape = [
      weight.shape[1] * groups, weight.shape[0] / groups, weight.shape[2], weight.shape[3],
    ]
    work = ConvolutionWork(
      ConvolutionGeometry(
        stride: 1, padding: padding, dilation: geometry.dilation, groups: groups),
      pictures: cotangent.shape, weight: exchanged, dtype: cotangent.dtype)
    self.weight = weight.shape
    weightByteCount = weight.byteCount.roundedUp(toMultipleOf: Storage.alignment)
  }

  /// Bytes for the turned weight, and for each worker's patches.
  func scratchByteCount(workers: Int) -> Int { weightByteCount + work.patchByteCount * workers }

  /// Turns the weight, then convolves.
  func kernel(_ context: KernelContext) -> Kernel {
    let (source, turned) = (context.inputs[1].address, context.scratch)
    let turn: Kernel =
      work.dtype == .float64
      ? .serial { self.turn(source.assumingMemoryBound(to: Double.self), into: turned) }
      : .serial { self.turn(source.assumingMemoryBound(to: Float.self), into: turned) }
    return turn.then(
      work.products(
        of: context.inputs[0].address, with: turned, into: context.outputs[0].address,
        scratch: context.scratch + weightByteCount, context))
  }

  private func turn<Scalar: TensorScalar>(
    _ source: UnsafeMutablePointer<Scalar>, into target: UnsafeMutableRawPointer
  ) {
    let target = target.assumingMemoryBound(to: Scalar.self)
    let (cells, inner) = (weight[2] * weight[3], weight[1])
    let outer = weight[0] / work.groups
    for group in 0..<work.groups {
      let base = group * outer * inner * cells
      for output in 0..<outer {
        for input in 0..<inner {
          let from = base + (output * inner + input) * cells
          let to = base + (input * outer + output) * cells
          for cell in 0..<cells { target[to + cell] = source[from + cells - 1 - cell] }
        }
      }
    }
  }
}
