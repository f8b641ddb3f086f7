// Shows the document of this node. Nothing is loaded from elsewhere: the validator's badge would be.
SwaggerUIBundle({ url: "/api/v1/openapi.json", dom_id: "#document", validatorUrl: null });
