name: Cancellation Request Confirmation
type: product
subject: Cancellation Request Confirmation

<p>Dear {$client_name},</p>
<p>we have received your wish to cancel this service:</p>
<p>Product/Service: {$service_product_name}{if $service_domain}<br />Domain: {$service_domain}{/if}<br />
Cancellation: {$service_cancellation_type}</p>
<p>{$signature}</p>
