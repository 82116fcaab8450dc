import NNCore
public import NNGraph

/// What a convolution adds around its input.
public enum Padding: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// That many zeros at the top and at the bottom, and left and right.
  case explicit(Size2D)
  /// So many that the output has the input's size; an odd number leaves the larger half at the
  /// bottom and right, as in PyTorch. Needs stride 1.
  case same
  /// None.
  case valid

  /// That many zeros on all four sides.
  public init(integerLiteral size: Int) { self = .explicit(Size2D(size)) }

  /// The zeros on each side for a kernel.
  func resolved(kernel: Size2D, dilation: Size2D) -> Padding2D {
    switch self {
    case .explicit(let size): return Padding2D(height: size.height, width: size.width)
    case .valid: return 0
    case .same:
      let height = dilation.height.multipliedSaturating(by: kernel.height - 1)
      let width = dilation.width.multipliedSaturating(by: kernel.width - 1)
      return Padding2D(
        top: height / 2, left: width / 2, bottom: height - height / 2, right: width - width / 2)
    }
  }
}
