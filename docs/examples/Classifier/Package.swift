// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Classifier",
  platforms: [.macOS(.v15)],
  // PNG, JPEG and WebP can be read with: --traits Images
  traits: ["Images"],
  dependencies: [
    .package(
      name: "NeuralNet", path: "../../..",
      traits: [.trait(name: "Images", condition: .when(traits: ["Images"]))])
  ],
  targets: [
    .executableTarget(
      name: "Classifier", dependencies: [.product(name: "NeuralNet", package: "NeuralNet")])
  ],
  swiftLanguageModes: [.v6]
)
