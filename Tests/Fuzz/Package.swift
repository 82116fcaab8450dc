// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that an ordinary build does not see it: libFuzzer's targets are built with
// --sanitize=fuzzer (scripts/fuzz).
let package = Package(
  name: "Fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "NeuralNet", path: "../..", traits: [])],
  targets: [
    .executableTarget(
      name: "Fuzz",
      dependencies: ["NNCore", "NNFormats", "NNText", "NNData"].map {
        .product(name: $0, package: "NeuralNet")
      })
  ],
  swiftLanguageModes: [.v6]
)
