package import NNData
import NNGraph

/// The augmentations of training examples. Names and defaults are those of `torchvision.transforms.v2`
/// where there is one.
extension Registry where Product == any DataAugmentation {
  package static let augmentations = Registry(
    "augmentation", example: "`random_horizontal_flip`",
    geometry + colors + numbers + policies + series + texts + batches)

  private static var geometry: [Row] {
    [
      Row("random_horizontal_flip", "Images: mirrored left to right, with probability p.") {
        options in
        let p = probability(options)
        return { RandomFlip(.horizontal, probability: p) }
      },
      Row("random_vertical_flip", "Images: mirrored upside down, with probability p.") { options in
        let p = probability(options)
        return { RandomFlip(.vertical, probability: p) }
      },
      Row(
        "random_crop",
        "Images: a random rectangle, after a border has been added; with the images' size it shifts "
          + "them."
      ) { options in
        let size = options.optional(
          "size", .heightAndWidth(1...), shownAs: "the size of the images",
          "the size of the rectangle: an integer, or [height, width]")
        let pad = pad(options, "padding", default: [0])
        return { RandomCrop(height: size?.height, width: size?.width, pad: pad()) }
      },
      Row(
        "pad", "Images: a border on all sides; a `random_crop` after it restores the size."
      ) { options in pad(options, "padding", default: [1]) },
      Row(
        "random_resized_crop",
        "Images: a random rectangle, enlarged to the images' size bilinearly."
      ) { options in
        let scale = range(
          options, "scale", .number(.positive), default: 0.08...1,
          "the least and the greatest share of the area")
        options.check(
          scale.upperBound <= 1, on: "scale", "`scale` is a share of the area, at most 1")
        let ratio = ratio(options, default: 0.75...4 / 3)
        return { RandomResizedCrop(scale: scale, ratio: ratio) }
      },
      Row("random_rotation", "Images: rotated about their centre.") { options in
        let degrees = spread(
          options, "degrees", default: [0], "the angle, to both sides or as [least, greatest]")
        let warp = warp(options, .nearest)
        return {
          RandomRotation(degrees: degrees, interpolation: warp.interpolation, fill: warp.fill)
        }
      },
      Row(
        "random_affine", "Images: rotated, shifted, scaled and sheared about their centre at once."
      ) { options in
        let degrees = spread(
          options, "degrees", default: [0], "the angle, to both sides or as [least, greatest]")
        let shift = options.value(
          "translate", .list(.number(.probability), count: 2...2), default: [0, 0],
          "the largest shift across and down, as shares of width and height")
        let scale = range(
          options, "scale", .number(.positive), default: 1...1,
          "the least and the greatest factor of sizes")
        let shear = shear(options)
        let warp = warp(options, .nearest)
        return {
          RandomAffine(
            degrees: degrees, horizontalShift: shift[0], verticalShift: shift[1], scale: scale,
            horizontalShear: shear.x, verticalShear: shear.y, interpolation: warp.interpolation,
            fill: warp.fill)
        }
      },
      Row(
        "random_perspective",
        "Images: seen from another direction, each corner moved inwards, with probability p."
      ) { options in
        let distortion = options.value(
          "distortion_scale", .number(.probability), default: 0.5,
          "how far corners move at most, as a share of half the image")
        let p = probability(options)
        let warp = warp(options, .bilinear)
        return {
          RandomPerspective(
            distortion: distortion, probability: p, interpolation: warp.interpolation,
            fill: warp.fill)
        }
      },
      Row(
        "random_erasing", "Images: a random rectangle replaced by a number, with probability p."
      ) { options in
        let p = probability(options)
        let scale = range(
          options, "scale", .number(.positive), default: 0.02...0.33,
          "the least and the greatest share of the area")
        options.check(
          scale.upperBound <= 1, on: "scale", "`scale` is a share of the area, at most 1")
        let ratio = ratio(options, default: 0.3...3.3)
        let value = options.value(
          "value", .number(), default: 0, "the number in the rectangle; 1 is white in bytes")
        return { RandomErasing(probability: p, scale: scale, ratio: ratio, value: value) }
      },
    ]
  }

  private static var colors: [Row] {
    [
      Row(
        "color_jitter",
        "Images in 0…1 or bytes: brightness, contrast, saturation and hue, in random order; grey "
          + "images have only the first two."
      ) { options in
        let brightness = factor(options, "brightness")
        let contrast = factor(options, "contrast")
        let saturation = factor(options, "saturation")
        let hue = spread(
          options, "hue", default: [0],
          "the turn of the hue, a share of the circle up to 0.5, to both sides or as a range")
        options.check(
          hue.lowerBound >= -0.5 && hue.upperBound <= 0.5, on: "hue",
          "`hue` is at most 0.5, half the circle")
        return {
          ColorJitter(
            brightness: brightness, contrast: contrast, saturation: saturation, hue: hue)
        }
      },
      Row("gaussian_blur", "Images: blurred with a Gaussian kernel of random width.") { options in
        let size = options.value(
          "kernel_size", .integer(1...1023), default: 3,
          "the width and height of the kernel in pixels, an odd number")
        options.check(size % 2 == 1, on: "kernel_size", "`kernel_size` must be odd, not \(size)")
        let sigma = range(
          options, "sigma", .number(.positive), default: 0.1...2,
          "the least and the greatest standard deviation in pixels")
        return { GaussianBlur(kernelSize: size, sigma: sigma) }
      },
    ]
  }

  private static var numbers: [Row] {
    [
      Row(
        "gaussian_noise", aliases: ["jitter"],
        "Images, series, tables: normal noise added to every number."
      ) { options in
        let sigma = options.value(
          "sigma", .number(.nonNegative), default: 0.1,
          "the standard deviation, in the unit of the data; bytes count as 0…1")
        let mean = options.value("mean", .number(), default: 0, "the mean of the noise")
        let clip = options.value(
          "clip", .bool, default: true,
          "whether images, which are then in 0…1, are clipped to that range")
        return { GaussianNoise(mean: mean, sigma: sigma, isClipped: clip) }
      }
    ]
  }

  private static var policies: [Row] {
    [
      Row(
        "rand_augment",
        "Images in 0…1 or bytes: random ones of fourteen changes of shape and colour, all of one "
          + "magnitude."
      ) { options in
        let count = options.value(
          "num_ops", .integer(0...100), default: 2, "the number of changes of an image")
        let magnitude = options.value(
          "magnitude", .integer(0...1000), default: 9, "the size of the changes, from 0")
        let bins = options.value(
          "num_magnitude_bins", .integer(1...1001), default: 31,
          "the number of magnitudes; the last is the greatest")
        options.check(
          magnitude < bins, on: "magnitude",
          "`magnitude` is \(magnitude), the greatest is num_magnitude_bins − 1 = \(bins - 1)")
        let warp = warp(options, .nearest)
        return {
          RandAugment(
            count: count, magnitude: magnitude, magnitudes: bins,
            interpolation: warp.interpolation, fill: warp.fill)
        }
      }
    ]
  }

  private static var series: [Row] {
    [
      Row("scaling", "Series: each feature times a normal factor of mean 1.") { options in
        let sigma = options.value(
          "sigma", .number(.nonNegative), default: 0.1, "the standard deviation of the factors")
        return { SeriesScaling(sigma: sigma) }
      },
      Row("time_warp", "Series: some parts stretched, others compressed; the ends stay.") {
        options in
        let sigma = options.value(
          "sigma", .number(.nonNegative), default: 0.2,
          "the standard deviation of the logarithm of the parts' durations")
        let knots = options.value(
          "knots", .integer(1...1000), default: 4, "the number of places where the speed changes")
        return { TimeWarp(sigma: sigma, knots: knots) }
      },
      Row("window_slice", "Series: a random window, stretched to the length of the series.") {
        options in
        let share = options.value(
          "share", .number(.probability), default: 0.9, "the window's share of the series")
        options.check(share > 0, on: "share", "`share` must be above 0")
        return { WindowSlice(share: share) }
      },
      Row("time_mask", "Series: a random span of steps replaced by a number, with probability p.") {
        options in
        let share = options.value(
          "share", .number(.probability), default: 0.1, "the span's largest share of the series")
        let p = probability(options, default: 1)
        let value = options.value(
          "value", .number(), default: 0, "the number in the span, before normalization")
        return { TimeMask(share: share, probability: p, value: value) }
      },
    ]
  }

  private static var texts: [Row] {
    [
      Row("token_mask", "Texts: random tokens replaced by the one of unknown words.") { options in
        let p = probability(options, default: 0.1, "the probability for each token")
        let token = options.optional(
          "token", .integer(0..., atMost: OptionBound.small),
          shownAs: "that of unknown words in texts", "the token that replaces others")
        return { TokenMask(probability: p, token: token) }
      },
      Row("token_dropout", "Texts: random tokens deleted; at least one remains.") { options in
        let p = probability(options, default: 0.1, "the probability for each token")
        return { TokenDropout(probability: p) }
      },
    ]
  }

  private static var batches: [Row] {
    [
      Row(
        "mixup",
        "Batches: each example and its target mixed with another one, λ · own + (1 − λ) · other."
      ) { options in
        let alpha = alpha(options)
        return { Mixup(alpha: alpha) }
      },
      Row(
        "cutmix",
        "Batches of images: a rectangle of each replaced by that of another one, targets mixed by "
          + "area."
      ) { options in
        let alpha = alpha(options)
        return { CutMix(alpha: alpha) }
      },
    ]
  }
}
