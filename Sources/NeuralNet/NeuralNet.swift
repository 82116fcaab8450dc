// Re-exports the modules that an app needs.
@_exported public import NNAnalysis
@_exported public import NNCore
@_exported public import NNData
@_exported public import NNFormats
@_exported public import NNGraph
@_exported public import NNImages
@_exported public import NNLayers
@_exported public import NNLosses
@_exported public import NNMetrics
@_exported public import NNOptimizers
@_exported public import NNSearch
@_exported public import NNText
@_exported public import NNTraining
