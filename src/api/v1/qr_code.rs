//! `GET /api/v1/qr.svg`: an address of the node for the camera of a phone.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    super::{error::ApiError, state::ApiState},
    params::Params,
    status::addresses,
};
use crate::{qr_code, wire::v1::Problem};

const PICTURE: &str = "image/svg+xml";
/// The image loads nothing and runs nothing, even when it is opened by itself.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Which address.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct QrParams {
    /// Its place among the `addresses` of the status, counted from 0.
    #[param(minimum = 0, maximum = 7, default = 0)]
    address: Option<usize>,
}

/// An address of the node as a QR code.
#[utoipa::path(
    get, path = "/qr.svg", tag = "node", operation_id = "qr_code", params(QrParams),
    responses(
        (status = 200, description = "The image", body = String, content_type = "image/svg+xml"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The node has no such address", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn qr_code(
    State(state): State<ApiState>,
    Params(params): Params<QrParams>,
) -> Result<Response, ApiError> {
    let place = params.address.unwrap_or(0);
    let unknown = || ApiError::UnknownAddress { place };
    let address = addresses(&state).into_iter().nth(place).ok_or_else(unknown)?;
    // An address is never too long for a code.
    let mut response = qr_code::svg(&address).map_err(|_| unknown())?.into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, PICTURE),
        // The addresses of a machine change.
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
