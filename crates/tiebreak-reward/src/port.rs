//! What goes into a graph and comes out of it, and the conversion between element types.

use half::f16;
use ort::session::SessionInputValue;
use ort::value::{
    DynValue, Outlet, PrimitiveTensorElementType, Tensor, TensorElementType, TensorRef, ValueType,
};
use tiebreak_core::Unreadable;

/// An input or output of a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Port {
    pub(crate) name: String,
    pub(crate) element: Element,
    /// `None` where a dimension is free.
    pub(crate) shape: Vec<Option<usize>>,
}

/// The element types that can be converted to and from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    F32,
    F16,
    F64,
    I64,
    I32,
    /// Anything else, and what is no tensor.
    Other,
}

/// Values for an input.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Values<'a> {
    F32(&'a [f32]),
    I64(&'a [i64]),
}

/// A named tensor to run a graph on.
#[derive(Clone, Debug)]
pub(crate) struct Input<'a> {
    pub(crate) name: &'a str,
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Values<'a>,
}

/// A tensor that a graph gave.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Output {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<f32>,
}

/// The ports as ONNX Runtime describes them.
pub(crate) fn ports(outlets: &[Outlet]) -> Vec<Port> {
    let port = |outlet: &Outlet| {
        let (element, shape) = match outlet.dtype() {
            ValueType::Tensor { ty, shape, .. } => {
                (Element::of(*ty), shape.iter().map(|&dim| usize::try_from(dim).ok()).collect())
            }
            _ => (Element::Other, Vec::new()),
        };
        Port { name: outlet.name().to_owned(), element, shape }
    };
    outlets.iter().map(port).collect()
}

impl Element {
    fn of(element: TensorElementType) -> Self {
        match element {
            TensorElementType::Float32 => Self::F32,
            TensorElementType::Float16 => Self::F16,
            TensorElementType::Float64 => Self::F64,
            TensorElementType::Int64 => Self::I64,
            TensorElementType::Int32 => Self::I32,
            _ => Self::Other,
        }
    }
}

impl Input<'_> {
    /// The tensor that a port of this element type takes, borrowed if nothing must be converted.
    pub(crate) fn tensor(&self, element: Element) -> ort::Result<SessionInputValue<'_>> {
        let shape = self.shape.clone();
        match (self.values, element) {
            (Values::F32(values), Element::F16) => {
                owned(shape, values.iter().map(|&value| f16::from_f32(value)).collect())
            }
            (Values::F32(values), Element::F64) => {
                owned(shape, values.iter().map(|&value| f64::from(value)).collect())
            }
            (Values::I64(values), Element::I32) => {
                let narrowed = values.iter().map(|&value| i32::try_from(value));
                let narrowed = narrowed.collect::<Result<Vec<i32>, _>>();
                owned(shape, narrowed.map_err(|error| ort::Error::new(error.to_string()))?)
            }
            (Values::I64(values), Element::F32) => {
                owned(shape, values.iter().map(|&value| value as f32).collect())
            }
            // ONNX Runtime says what does not fit.
            (Values::F32(values), _) => Ok(TensorRef::from_array_view((shape, values))?.into()),
            (Values::I64(values), _) => Ok(TensorRef::from_array_view((shape, values))?.into()),
        }
    }
}

impl Output {
    /// Converts a tensor of any known element type.
    pub(crate) fn of(name: &str, value: Option<&DynValue>) -> ort::Result<Self> {
        let Some(value) = value else {
            return Err(ort::Error::new(format!("no output called {name}")));
        };
        match value.dtype().tensor_type().map_or(Element::Other, Element::of) {
            Element::F32 => extract(value, |value: f32| value),
            Element::F16 => extract(value, f16::to_f32),
            Element::F64 => extract(value, |value: f64| value as f32),
            Element::I64 => extract(value, |value: i64| value as f32),
            Element::I32 => extract(value, |value: i32| value as f32),
            Element::Other => Err(ort::Error::new(format!("{name} holds {}", value.dtype()))),
        }
    }
}

/// What the graph gives for one input, if every number is finite; else that input alone has
/// nothing, and the others of its batch keep what they have.
pub(crate) fn finite(vector: Vec<f32>) -> Result<Vec<f32>, Unreadable> {
    if vector.iter().all(|value| value.is_finite()) {
        Ok(vector)
    } else {
        Err(Unreadable("the model gave a number that is not finite".to_owned()))
    }
}

fn owned<'a, T>(shape: Vec<usize>, values: Vec<T>) -> ort::Result<SessionInputValue<'a>>
where
    T: PrimitiveTensorElementType + Clone + std::fmt::Debug + 'static,
{
    Ok(Tensor::from_array((shape, values))?.into())
}

fn extract<T: PrimitiveTensorElementType + Copy>(
    value: &DynValue,
    convert: impl Fn(T) -> f32,
) -> ort::Result<Output> {
    let (shape, values) = value.try_extract_tensor::<T>()?;
    let shape = shape.iter().map(|&dim| usize::try_from(dim).unwrap_or(0)).collect();
    Ok(Output { shape, values: values.iter().map(|&value| convert(value)).collect() })
}
