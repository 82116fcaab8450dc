#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Blurs images with a Gaussian kernel of random width; images are mirrored at their edges.
///
/// As torchvision's `GaussianBlur`.
public struct GaussianBlur: Augmentation {
  /// The width and height of the kernel in pixels, an odd number.
  public let kernelSize: Int
  /// The range of the standard deviation in pixels.
  public let sigma: ClosedRange<Double>

  /// Creates the augmentation.
  ///
  /// - Parameters:
  ///   - kernelSize: The width and height of the kernel in pixels; 3 by default.
  ///   - sigma: The range of the standard deviation in pixels, above 0; 0.1…2 by default.
  /// - Precondition: The kernel's size is odd.
  public init(kernelSize: Int = 3, sigma: ClosedRange<Double> = 0.1...2) {
    precondition(kernelSize > 0 && kernelSize % 2 == 1, "a kernel of \(kernelSize) has no middle")
    self.kernelSize = kernelSize
    self.sigma = sigma
  }

  /// The name in config files: `gaussian_blur`.
  public var name: String { "gaussian_blur" }
  /// Images.
  public var kinds: Set<ExampleKind> { [.image] }

  /// Blurs the image.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    let deviation = random.uniform(in: sigma)
    let half = kernelSize / 2
    var weights = (-half...half).map {
      exp(-0.5 * (Double($0) / deviation) * (Double($0) / deviation))
    }
    let sum = weights.reduce(0, +)
    for index in weights.indices { weights[index] /= sum }
    let (height, width) = (example.layout.height, example.layout.width)
    // A Gaussian is the product of one along each axis.
    example.blur(weights, along: width, stride: 1)
    example.blur(weights, along: height, stride: width)
  }
}

extension AugmentedExample {
  /// Replaces each number by the weighted sum of its neighbours along an axis of `extent` elements
  /// that are `stride` apart.
  fileprivate mutating func blur(_ weights: [Double], along extent: Int, stride: Int) {
    let layout = layout
    guard weights.count > 1 else { return }
    let half = weights.count / 2
    replace(layout: layout) { source, target in
      for index in 0..<layout.count {
        let place = index / stride % extent
        let first = index - place * stride
        var sum = 0.0
        for (offset, weight) in weights.enumerated() {
          let neighbour = BorderMode.reflect.index(place + offset - half, extent) ?? place
          sum += weight * source[first + neighbour * stride]
        }
        target[index] = sum
      }
    }
  }
}
